"""Functions with defaults over the ufuncs of parametric activations.

A ufunc takes neither defaults nor keywords of its own, so ``leaky_relu(x)`` needs a
thin function around it. It calls the ufunc that has the defaults as constants
(:func:`fastact.engine.entry.at_defaults`) where no parameter is given, and keeps the last numbers
that were given as arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from fastact.engine.domain import check_parameter, check_rounded, conditions_of, refuses_number
from fastact.engine.entry import Activation
from fastact.engine.forms import Form, qualified
from fastact.engine.make_ufunc import call_signature

__all__ = ["with_defaults"]


_NOTHING: Any = object()
_Array: Any = np.ndarray
#: What Python numbers become beside arrays of the same dtype. There is one object of each.
_SINGLE, _DOUBLE = np.dtype(np.float32), np.dtype(np.float64)
_WEAK = frozenset({float, int})
_NUMBERS = _WEAK | {np.float64, np.float32}
_OUT = frozenset({"out"})
#: Keywords that mean the same with parameters and without. "signature" does not.
_SHARED = frozenset({"out", "where", "casting", "order", "dtype", "subok"})


def _constant(value: float, dtype: Any) -> Any:
    """A number as an array that nobody can change."""
    array = np.array(value, dtype)
    array.flags.writeable = False
    return array


def with_defaults(
    entry: Activation,
    form: Form,
    ufunc: np.ufunc,
    plain: Callable[[], np.ufunc],
    module: str,
) -> Callable[..., Any]:
    """``name(x, parameter=default, **ufunc_keywords)`` for a form of an entry.

    ``plain`` makes the ufunc without parameters when it is first needed.
    """
    required, count = len(form.operands), len(entry.parameters)
    defaults = list(entry.parameters.values())
    place = {name: k for k, name in enumerate(entry.parameters)}
    conditions = conditions_of(entry, form)
    refuses = [refuses_number(conditions.get(name)) for name in place]
    without: Any = None  # until first_call stands there
    # Parameters that came twice beside operands of a dtype: their names, if they had any, the
    # numbers, and these as arrays of no dimension. NumPy takes half a microsecond to find out what
    # a Python number becomes and to convert it, and a program calls with the same few numbers again
    # and again. One tuple: threads see what belongs together.
    last: tuple[Any, tuple[str, ...], tuple[Any, ...], list[Any]] = (None, (), (), [])
    first_seen: Any = _NOTHING

    def first_call(*operands: Any, **keywords: Any) -> Any:
        nonlocal without
        without = plain()
        return without(*operands, **keywords)

    without = first_call

    def good_numbers(values: Any) -> bool:
        """Whether all are numbers within their domains, as nearly always."""
        for k in range(count):
            value, refuse = values[k], refuses[k]
            if type(value) not in _NUMBERS:
                return False
            if refuse is not None and refuse(value):
                return False
        return True

    def note(operands: Any, given: tuple[Any, ...], names: tuple[str, ...], values: Any) -> None:
        """Keep what good numbers become, if they come for the second time."""
        nonlocal last, first_seen
        if given[0] is not first_seen:
            first_seen = given[0]
            return
        dtype = getattr(operands[0], "dtype", None)
        if (dtype is not _SINGLE and dtype is not _DOUBLE) or len(given) > 2:
            return
        if getattr(operands[-1], "dtype", None) is not dtype:
            return
        # It is for NumPy to warn of what does not fit in a float32. Its own numbers are not weak.
        if all(type(value) in _WEAK and abs(value) < 1e38 for value in values):
            last = dtype, names, given, [_constant(value, dtype) for value in values]

    def with_parameters(operands: tuple[Any, ...], given: tuple[Any, ...], keys: Any) -> Any:
        """What is no number of an earlier call: first the usual one, all parameters by position."""
        if len(given) == count and (not keys or keys.keys() <= _OUT) and good_numbers(given):
            note(operands, given, (), given)
            return ufunc(*operands, *given, **keys)
        return in_full(*operands, *given, **keys)

    def in_full(*operands: Any, **keywords: Any) -> Any:
        given = len(operands) - required
        try:
            if given == 0 and keywords.keys() <= _SHARED:
                return without(*operands, **keywords)
            values, shared = [*operands[required:], *defaults[max(given, 0) :]], {}
            for key, value in keywords.items():
                if key in _SHARED:
                    shared[key] = value
                elif place.get(key, -1) >= given >= 0:
                    values[place[key]] = value
                else:
                    break
            else:
                if len(values) == count and good_numbers(values):
                    if given == 0 and shared.keys() <= _OUT:
                        named = {k: v for k, v in keywords.items() if k in place}
                        note(operands, tuple(named.values()), tuple(named), values)
                    return ufunc(*operands[:required], *values, **shared)
        except TypeError:  # a mistake: below, by name
            pass
        return _call_in_full(entry, form, ufunc, operands, keywords)

    # One function for each number of operands: to unpack a tuple takes 0.07 us, a fifth of a call
    # on one element. What finds numbers again stands in each: in a function of its own it took a
    # call with a number from 0.79 to 0.93 us. Numba's users and NumPy's errors see neither.

    def of_one(first: Any = _NOTHING, /, *rest: Any, **keys: Any) -> Any:
        if not rest and first is not _NOTHING:
            if not keys:
                return without(first)
            if len(keys) == 1 and "out" in keys:
                return without(first, out=keys["out"])
        dtype, names, numbers, arrays = last
        if type(first) is _Array and first.dtype is dtype:
            out = keys.pop("out", _NOTHING)
            given = rest or tuple(keys.values())
            if (
                len(given) == len(numbers) and given[0] is numbers[0] and given[-1] is numbers[-1]
                and (tuple(keys) == names if keys else not names) and not (keys and rest)
            ):  # fmt: skip
                if out is _NOTHING:
                    return ufunc(first, *arrays)
                if type(out) is _Array or type(out) is tuple:
                    return ufunc(first, *arrays, out=out)
            if out is not _NOTHING:
                keys["out"] = out
        return with_parameters(() if first is _NOTHING else (first,), rest, keys)

    def of_two(first: Any = _NOTHING, second: Any = _NOTHING, /, *rest: Any, **keys: Any) -> Any:
        if not rest and second is not _NOTHING:
            if not keys:
                return without(first, second)
            if len(keys) == 1 and "out" in keys:
                return without(first, second, out=keys["out"])
        dtype, names, numbers, arrays = last
        if (
            type(first) is _Array and first.dtype is dtype
            and type(second) is _Array and second.dtype is dtype
        ):  # fmt: skip
            out = keys.pop("out", _NOTHING)
            given = rest or tuple(keys.values())
            if (
                len(given) == len(numbers) and given[0] is numbers[0] and given[-1] is numbers[-1]
                and (tuple(keys) == names if keys else not names) and not (keys and rest)
            ):  # fmt: skip
                if out is _NOTHING:
                    return ufunc(first, second, *arrays)
                if type(out) is _Array or type(out) is tuple:
                    return ufunc(first, second, *arrays, out=out)
            if out is not _NOTHING:
                keys["out"] = out
        return with_parameters(tuple(v for v in (first, second) if v is not _NOTHING), rest, keys)

    function = of_one if required == 1 else of_two
    function.__name__ = function.__qualname__ = entry.name
    function.__module__ = module
    function.__signature__ = call_signature(form.operands, {"where": True}, entry.parameters)  # type: ignore[attr-defined]
    return function


def _call_in_full(
    entry: Activation,
    form: Form,
    ufunc: np.ufunc,
    operands: tuple[Any, ...],
    keywords: dict[str, Any],
) -> Any:
    """Sort parameters from the ufunc's keywords, check them, and call."""
    names = list(entry.parameters)
    required, given = len(form.operands), len(operands)
    name = qualified(form.namespace, entry.name)
    if given < required:
        wanted = ", ".join(form.operands)
        raise TypeError(f"{name}() takes {wanted} by position, not {given} operands")
    if given > required + len(names):
        raise TypeError(
            f"{name}() takes at most {required + len(names)} positional arguments "
            f"({', '.join([*form.operands, *names])}), not {given}"
        )
    values = dict(entry.parameters) | dict(zip(names, operands[required:], strict=False))
    for parameter in names:
        if parameter in keywords:
            if parameter in names[: given - required]:
                raise TypeError(f"{name}() got two values for {parameter!r}")
            values[parameter] = keywords.pop(parameter)
    conditions = conditions_of(entry, form)
    for parameter, value in values.items():
        condition = conditions.get(parameter)
        check_parameter(name, parameter, value, condition)
        if condition is not None and type(value) is float:
            check_rounded(name, parameter, value, condition, operands[:required], keywords)
    return ufunc(*operands[:required], *values.values(), **keywords)
