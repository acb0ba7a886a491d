"""Compiled functions and assembly -> machine code: made for a processor, kept, loaded."""
