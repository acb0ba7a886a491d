"""Vector-Jacobian products from the output, called (g, y)."""

from fastact.engine.namespace import namespace

__getattr__, __dir__ = namespace(__name__)
