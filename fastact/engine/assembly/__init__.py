"""Kernels -> vector loops, the spans, as LLVM assembly."""
