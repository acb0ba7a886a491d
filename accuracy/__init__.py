"""Accuracy over whole floating-point formats: tools too slow for the test suite."""
