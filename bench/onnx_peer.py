"""ONNX Runtime as a contender: one operator, input and output bound in place."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from bench.cells import Task

Call = Callable[[], Any]
MICROSOFT = "com.microsoft"

#: entry -> operator, its domain, attributes and further (constant) inputs from the parameters.
Operator = tuple[str, str, dict[str, Any], tuple[float, ...]]
OPERATORS: dict[str, Callable[..., Operator]] = {
    "sigmoid": lambda: ("Sigmoid", "", {}, ()),
    "tanh": lambda: ("Tanh", "", {}, ()),
    "relu": lambda: ("Relu", "", {}, ()),
    "relu6": lambda: ("Clip", "", {}, (0.0, 6.0)),
    "hard_tanh": lambda low, high: ("Clip", "", {}, (low, high)),
    "leaky_relu": lambda slope: ("LeakyRelu", "", {"alpha": slope}, ()),
    "prelu": lambda weight: ("PRelu", "", {}, (weight,)),
    "elu": lambda alpha: ("Elu", "", {"alpha": alpha}, ()),
    "celu": lambda alpha: ("Celu", "", {"alpha": alpha}, ()),
    "selu": lambda: ("Selu", "", {}, ()),
    "softplus": lambda _: ("Softplus", "", {}, ()),
    "softsign": lambda: ("Softsign", "", {}, ()),
    "hard_silu": lambda: ("HardSwish", "", {}, ()),
    "hard_sigmoid": lambda: ("HardSigmoid", "", {"alpha": 1 / 6, "beta": 0.5}, ()),
    "mish": lambda: ("Mish", "", {}, ()),
    "gelu": lambda: ("Gelu", "", {}, ()),
    "gelu_tanh": lambda: ("Gelu", "", {"approximate": "tanh"}, ()),
    "silu": lambda: ("QuickGelu", MICROSOFT, {"alpha": 1.0}, ()),
    "swish": lambda beta: ("QuickGelu", MICROSOFT, {"alpha": beta}, ()),
    "quick_gelu": lambda: ("QuickGelu", MICROSOFT, {"alpha": 1.702}, ()),
    "erf": lambda: ("Erf", "", {}, ()),
    "hard_shrink": lambda lambd: ("Shrink", "", {"lambd": lambd, "bias": 0.0}, ()),
    "soft_shrink": lambda lambd: ("Shrink", "", {"lambd": lambd, "bias": lambd}, ()),
}


@functools.lru_cache(maxsize=2)  # every session keeps a pool of its own
def session(
    operator: str, domain: str, attributes: tuple[Any, ...], constants: tuple[float, ...],
    dtype: str, shape: tuple[Any, ...], threads: int,
) -> Any:  # fmt: skip
    """A session of one node, or None where there is no kernel for this dtype."""
    runtime, onnx = importlib.import_module("onnxruntime"), importlib.import_module("onnx")
    helper = onnx.helper
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    ends = [helper.make_tensor_value_info(name, kind, shape) for name in "xy"]
    # PRelu wants its slope to broadcast, Clip its bounds to be scalars.
    dims = [1] if operator == "PRelu" else []
    fixed = [helper.make_tensor(f"c{k}", kind, dims, [c]) for k, c in enumerate(constants)]
    inputs = ["x", *(tensor.name for tensor in fixed)]
    node = helper.make_node(operator, inputs, ["y"], domain=domain, **dict(attributes))
    graph = helper.make_graph([node], "one", ends[:1], ends[1:], fixed)
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid(MICROSOFT, 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=10)
    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 4
    try:
        return runtime.InferenceSession(model.SerializeToString(), options)
    except Exception:
        return None


def bound(found: Any, x: Any, out: Any) -> Call:
    """A call of a session that reads ``x`` and writes ``out`` where they lie."""
    binding = found.io_binding()
    binding.bind_cpu_input("x", x)
    binding.bind_output("y", "cpu", 0, out.dtype, out.shape, out.ctypes.data)

    def call() -> Any:
        found.run_with_iobinding(binding)
        return out

    return call


def setup(task: Task) -> Call | None:
    """The bound call for a task, or None."""
    if task.form or task.entry.name not in OPERATORS:
        return None
    name, domain, attributes, constants = OPERATORS[task.entry.name](*task.parameters)
    key = tuple(attributes.items())
    found = session(
        name, domain, key, constants, task.x.dtype.name, ("n",), numba.get_num_threads()
    )
    return None if found is None else bound(found, task.x, task.out)
