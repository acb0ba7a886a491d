"""Value and derivative in one pass: the genuine ufuncs."""

from fastact.engine.namespace import namespace

__getattr__, __dir__ = namespace(__name__)
