"""Derivatives f'(x): the genuine ufuncs."""

from fastact.engine.namespace import namespace

__getattr__, __dir__ = namespace(__name__)
