"""Gradients by a trainable parameter, called (g, x, parameter)."""

from fastact.engine.namespace import namespace

__getattr__, __dir__ = namespace(__name__)
