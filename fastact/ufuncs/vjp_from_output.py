"""Vector-Jacobian products from the output, called (g, y): the genuine ufuncs."""

from fastact.engine.namespace import namespace

__getattr__, __dir__ = namespace(__name__)
