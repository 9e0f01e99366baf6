"""The linear layer: each output is a weighted sum of all inputs.

It never flattens: that is a layer of its own, in PyTorch as here.
"""

from typing import Literal

from tuicnn.core.derivation import Step, spelled
from tuicnn.core.diagnostics import Code, Fix, Refusal
from tuicnn.core.fields import Channels, Features
from tuicnn.core.layer import (
    Effect,
    LayerSpec,
    Reads,
    check_declared,
    chosen,
    sizes_kept,
)
from tuicnn.core.reach import WHOLE
from tuicnn.core.shapes import Shape, axis_names, elements, spell
from tuicnn.core.terms import product, symbol


class Linear(LayerSpec):
    """Makes each output a weighted sum of all inputs: fully connected."""

    aliases = ("Dense", "fully connected", "fc", "InnerProduct", "Gemm", "MatMul")
    type: Literal["linear"] = "linear"

    in_features: Features | None = None
    """Inputs that arrive; may be left out, the stack knows it."""

    out_features: Channels
    """Outputs: a choice of yours."""

    bias: bool = True
    """Whether each output has a number of its own that is added."""

    def infer(self, x: Shape) -> Effect:
        """Return what a linear layer does to a vector, or to the last axis of a map."""
        if len(x) > 1 and self.in_features != x[-1]:
            raise self._unflattened(x)
        check_declared(
            self, "in_features", self.in_features, x[-1], Code.IN_FEATURES_MISMATCH
        )
        weight = (self.out_features, x[-1])
        parameters: dict[str, Shape] = {"weight": weight}
        if self.bias:
            parameters["bias"] = (self.out_features,)
        return Effect(
            (*x[:-1], self.out_features),
            lambda: self._derive(x),
            parameters,
            macs=elements(x[:-1]) * elements(weight),
            reads=Reads((*(None for _ in x[1:]), WHOLE), (*range(len(x) - 1), None)),
        )

    def _unflattened(self, x: Shape) -> Refusal:
        from tuicnn.core.layers.shaping import Flatten

        count = elements(x)
        taken = self if self.in_features is None else self.changed(in_features=count)
        declared = self.in_features
        return Refusal(
            Code.LINEAR_ON_MAP,
            f"A linear layer takes a vector, but a map arrives that was never "
            f"flattened. Received: {spell(x)} ({', '.join(axis_names(x))}).",
            field=None if declared is None else "in_features",
            hint=f"Insert flatten before it: {spell(x)} becomes {spelled(count)} "
            f"inputs. To act on the last axis alone, say so: in_features {x[-1]}.",
            fixes=(
                Fix("insert flatten", (Flatten(), taken)),
                Fix(
                    f"act on the last axis: in_features {x[-1]}",
                    (self.changed(in_features=x[-1]),),
                ),
            ),
            declared=None if declared == count else declared,
        )

    def _derive(self, x: Shape) -> tuple[Step, ...]:
        inputs = symbol("F_in", x[-1], "entering features")
        outputs = symbol("F_out", self.out_features, "output features")
        last = axis_names(x)[-1]
        steps = [
            *sizes_kept(x)[:-1],
            chosen(f"output {last}", "F_out", self.out_features, "out_features"),
            Step.of("weight", outputs * inputs),
        ]
        if self.bias:
            steps.append(Step.of("bias", outputs))
        places = [
            symbol(f"n{number}", size, f"{name}: positions")
            for number, (size, name) in enumerate(
                zip(x[:-1], axis_names(x), strict=False), 1
            )
        ]
        steps.append(Step.of("MACs", product((*places, outputs, inputs))))
        return tuple(steps)
