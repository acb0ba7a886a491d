"""Definitions as plain NumPy: what is written without this package, to compare with."""
