"""What a span does for one element, as LLVM assembly: loads, calls of scalar bodies, stores.

Results go to a local variable of their step, the *line*, which LLVM keeps in registers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastact.engine.amendment import amendment_of
from fastact.engine.assembly.stepped_loop import AGAIN
from fastact.engine.machine_code.lowering import lower

__all__ = ["Operands", "Output"]

Body = Callable[..., Any]


@dataclass(frozen=True)
class Operands:
    """What a span reads, by name."""

    kind: str
    size: int
    names: list[str]
    #: Those of one value for all elements.
    fixed: list[str]
    #: Whether the first is not for the bodies, but multiplies what they give.
    scaled: bool

    @property
    def read(self) -> list[str]:
        """Those of a value for each element."""
        return [name for name in self.names if name not in self.fixed]

    @property
    def arity(self) -> int:
        """How many the bodies take."""
        return len(self.names) - self.scaled

    @property
    def access(self) -> str:
        """How elements are loaded and stored."""
        return f"align {self.size}, !llvm.access.group !0"

    def value(self, name: str, mark: str) -> str:
        """The value of an operand for an element."""
        return f"%{name}.one" if name in self.fixed else f"%{name}{mark}"

    def arguments(self, mark: str) -> str:
        """What the bodies are called with."""
        passed = self.names[self.scaled :]
        return ", ".join(f"{self.kind} {self.value(name, mark)}" for name in passed)

    def loads(self, mark: str) -> list[str]:
        """Load those of element ``%loop.element``."""
        lines = []
        for name in self.read:
            place = f"%{name}.at{mark}"
            lines += [
                f"  {place} = getelementptr inbounds {self.kind}, ptr %{name}.base, "
                f"i64 %loop.element{mark}",
                f"  {self.value(name, mark)} = load {self.kind}, ptr {place}, {self.access}",
            ]
        return lines


class Output:
    """A result, and the bodies that compute it: of all elements, and of those that are amended."""

    def __init__(self, name: str, body: Body, precision: str, operands: Operands) -> None:
        self.name, self.operands = name, operands
        self.texts: dict[str, str] = {}
        self.declarations: dict[str, str] = {}
        amendment = amendment_of(body)
        self.body = self._lower(amendment.value if amendment else body, precision, precision)
        self.where = self.again = ""
        #: Whether what is amended is computed from the value. Multiplied by g it is lost.
        self.from_value = not operands.scaled
        if amendment:
            self.where = self._lower(amendment.where, "boolean", precision)
            self.again = (
                self._lower(amendment.by, precision, precision, 1)
                if self.from_value
                else self._lower(body, precision, precision)
            )

    def _lower(self, body: Body, result: str, precision: str, more: int = 0) -> str:
        arity = self.operands.arity + more
        name, self.texts[name] = lower(body, result, [precision] * arity)
        kinds = f", {self.operands.kind}" * arity
        self.declarations[name] = f"declare i32 @{name}(ptr, ptr{kinds})"
        return name

    def compute(self, mark: str) -> list[str]:
        """Compute an element, and note in ``%amended`` whether it is to be."""
        arguments = self.operands.arguments(mark)
        lines = [*self._place(mark), *self._call(self.body, arguments, mark)]
        if self.where:
            asked, before = f"%{self.name}.asked{mark}", f"%{self.name}.before{mark}"
            lines += [
                f"  call i32 @{self.where}(ptr %answer, ptr null, {arguments})",
                f"  {asked}.byte = load i8, ptr %answer",
                f"  {asked} = trunc i8 {asked}.byte to i1",
                f"  {before} = load i1, ptr %amended",
                f"  {asked}.too = or i1 {before}, {asked}",
                f"  store i1 {asked}.too, ptr %amended",
            ]
        return lines

    def amend(self, mark: str) -> list[str]:
        """Compute an element once more, as amended."""
        if not self.where:
            return []
        kind, arguments = self.operands.kind, self.operands.arguments(mark)
        lines = self._place(mark)
        if self.from_value:
            value = f"%{self.name}.value{mark}"
            lines.append(f"  {value} = load {kind}, {self._at(mark)}")
            arguments += f", {kind} {value}"
        return lines + self._call(self.again, arguments, mark)

    def _place(self, mark: str) -> list[str]:
        return [
            f"  %{self.name}.at{mark} = getelementptr inbounds {self.operands.kind}, "
            f"ptr %{self.name}.line{mark.removesuffix(AGAIN)}, i64 %loop.i{mark}"
        ]

    def _at(self, mark: str) -> str:
        return f"ptr %{self.name}.at{mark}, {self.operands.access}"

    def _call(self, body: str, arguments: str, mark: str) -> list[str]:
        """Call a body and keep the element it gives."""
        kind, value = self.operands.kind, f"%{self.name}{mark}"
        lines = [
            f"  call i32 @{body}(ptr %result, ptr null, {arguments})",
            f"  {value} = load {kind}, ptr %result",
        ]
        if self.operands.scaled:
            factor = self.operands.value(self.operands.names[0], mark)
            lines.append(f"  {value}.scaled = fmul {kind} {factor}, {value}")
            value = f"{value}.scaled"
        return [*lines, f"  store {kind} {value}, {self._at(mark)}"]
