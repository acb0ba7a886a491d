"""Vector-Jacobian products g * f'(x), called (g, x)."""

from fastact.engine.namespace import namespace

__getattr__, __dir__ = namespace(__name__)
