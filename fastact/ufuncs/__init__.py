"""Every genuine ufunc, parameters and all, in the same tree as ``fastact`` itself."""

from importlib import import_module

from fastact.engine.forms import FORMS
from fastact.engine.namespace import namespace

__getattr__, __dir__ = namespace(__name__)
for _form in FORMS:
    if _form.namespace:
        import_module(f"{__name__}.{_form.namespace}")
