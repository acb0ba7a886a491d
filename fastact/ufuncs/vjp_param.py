"""Gradients by a trainable parameter, called (g, x, parameter): the genuine ufuncs."""

from fastact.engine.namespace import namespace

__getattr__, __dir__ = namespace(__name__)
