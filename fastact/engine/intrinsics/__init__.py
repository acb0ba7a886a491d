"""What compiled code does that Python cannot say, and the kernel language, taught to Numba."""
