"""Benchmarks: registry x form x dtype x size x contender."""
