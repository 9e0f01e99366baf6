"""Nodes of an ONNX graph as code, one after the other, from `x` to `y`.

It never knows a layer: it names values, and writes constants out.
"""

from __future__ import annotations

from collections.abc import Sequence

from tuicnn.core.lens.view import Code, Verbatim, called


class Nodes:
    """Nodes in the order in which they run; each makes one value."""

    def __init__(self) -> None:
        self._made: list[tuple[str, list[str], str, dict[str, object]]] = []

    def add(self, operator: str, *inputs: str, **attributes: object) -> str:
        """Append a node and return the name of what it makes."""
        name = f"v{len(self._made) + 1}"
        self._made.append((operator, list(inputs), name, attributes))
        return name

    def integers(self, *values: int) -> str:
        """Append a list of integers."""
        return self.add("Constant", value_ints=list(values))

    def number(self, value: float) -> str:
        """Append a single number."""
        return self.add("Constant", value_float=float(value))

    def reshaped(self, value: str, shape: Sequence[int]) -> str:
        """Append a reshape of a sample; the batch stays."""
        return self.add("Reshape", value, self.integers(0, *shape))

    def text(self) -> str:
        """Return the code; the last node makes `y`."""
        last = self._made[-1][2]
        found = [
            called(
                "helper.make_node",
                operator,
                inputs,
                ["y" if name == last else name],
                **attributes,
            )
            for operator, inputs, name, attributes in self._made
        ]
        return found[0] if len(found) == 1 else f"[{', '.join(map(Verbatim, found))}]"


def single(operator: str, *inputs: str, **attributes: object) -> Code:
    """Return one node, which reads `x` if nothing else is said."""
    nodes = Nodes()
    nodes.add(operator, *(inputs or ("x",)), **attributes)
    return Code(nodes.text())
