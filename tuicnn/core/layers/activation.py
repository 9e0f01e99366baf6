"""Activations: functions of each value, which keep every shape but `glu`'s.

It never evaluates a function: the preview does.
"""

from typing import Annotated, Literal

from pydantic import Field

from tuicnn.core.derivation import Step, spelled
from tuicnn.core.diagnostics import Code, Note, Refusal
from tuicnn.core.fields import Axis, Channels
from tuicnn.core.layer import (
    Effect,
    LayerSpec,
    Reads,
    axis_of,
    check_declared,
    kept_axes,
    sizes_kept,
)
from tuicnn.core.reach import Pattern
from tuicnn.core.shapes import Shape, axis_names
from tuicnn.core.terms import ENTERING, exact_quotient, symbol


class _Activation(LayerSpec):
    def infer(self, x: Shape) -> Effect:
        """Return what a function of each value does to a shape: nothing."""
        return Effect(x, kept_axes(x))


class _InplaceActivation(_Activation):
    inplace: bool = False
    """PyTorch's hint to save memory; it changes no number."""


class Relu(_InplaceActivation):
    """Replaces negative values by 0."""

    aliases = ("ReLU", "rectifier", "activation")
    type: Literal["relu"] = "relu"


class Relu6(_InplaceActivation):
    """Limits values to 0 … 6."""

    aliases = ("ReLU6", "activation")
    type: Literal["relu6"] = "relu6"


class LeakyRelu(_InplaceActivation):
    """Multiplies negative values by a small slope."""

    aliases = ("LeakyReLU", "activation")
    type: Literal["leaky_relu"] = "leaky_relu"

    negative_slope: float = 0.01
    """Factor of negative values."""


class Prelu(LayerSpec):
    """Multiplies negative values by a learnt slope."""

    aliases = ("PReLU", "activation")
    type: Literal["prelu"] = "prelu"

    num_parameters: Channels = 1
    """Slopes: 1 for all, or one for each channel."""

    init: float = 0.25
    """Slope before training."""

    def infer(self, x: Shape) -> Effect:
        """Return what a learnt slope does to a shape: nothing."""
        if self.num_parameters != 1:
            check_declared(
                self,
                "num_parameters",
                self.num_parameters,
                x[0],
                Code.NUM_FEATURES_MISMATCH,
            )

        def derive() -> tuple[Step, ...]:
            slopes = symbol("a", self.num_parameters, "the field num_parameters")
            return (*sizes_kept(x), Step.of("weight", slopes))

        return Effect(x, derive, {"weight": (self.num_parameters,)})


class Elu(_InplaceActivation):
    """Bends negative values towards −alpha."""

    aliases = ("ELU", "activation")
    type: Literal["elu"] = "elu"

    alpha: float = 1.0
    """The limit of negative values, without its sign."""


class Selu(_InplaceActivation):
    """Scales an ELU so that mean and variance stay near 0 and 1."""

    aliases = ("SELU", "activation")
    type: Literal["selu"] = "selu"


class Celu(_InplaceActivation):
    """Bends negative values towards −alpha, smoothly for every alpha."""

    aliases = ("CELU", "activation")
    type: Literal["celu"] = "celu"

    alpha: Annotated[float, Field(gt=0)] = 1.0
    """The limit of negative values, without its sign."""


class Gelu(_Activation):
    """Weighs each value by the normal distribution's share below it."""

    aliases = ("GELU", "activation")
    type: Literal["gelu"] = "gelu"

    approximate: Literal["none", "tanh"] = "none"
    """Whether it is computed exactly, or by a tanh."""


class Silu(_InplaceActivation):
    """Weighs each value by its sigmoid."""

    aliases = ("SiLU", "swish", "activation")
    type: Literal["silu"] = "silu"


class Mish(_InplaceActivation):
    """Weighs each value by the tanh of its softplus."""

    aliases = ("Mish", "activation")
    type: Literal["mish"] = "mish"


class Hardswish(_InplaceActivation):
    """Weighs each value by its hard sigmoid."""

    aliases = ("Hardswish", "HardSwish", "activation")
    type: Literal["hardswish"] = "hardswish"


class Hardsigmoid(_InplaceActivation):
    """Rises in a straight line from 0 at −3 to 1 at 3."""

    aliases = ("Hardsigmoid", "HardSigmoid", "activation")
    type: Literal["hardsigmoid"] = "hardsigmoid"


class Hardtanh(_InplaceActivation):
    """Limits values to a range."""

    aliases = ("Hardtanh", "clip", "activation")
    type: Literal["hardtanh"] = "hardtanh"

    min_val: float = -1.0
    """The least value that leaves."""

    max_val: float = 1.0
    """The greatest value that leaves."""

    def infer(self, x: Shape) -> Effect:
        """Return what limiting values does to a shape: nothing."""
        if self.min_val >= self.max_val:
            raise Refusal(
                Code.CONFLICTING_FIELDS,
                f"min_val is {self.min_val:g}, but must be below max_val "
                f"({self.max_val:g}).",
                field="min_val",
                hint="Exchange the two.",
            )
        return super().infer(x)


class Sigmoid(_Activation):
    """Maps values to 0 … 1."""

    aliases = ("Sigmoid", "logistic", "logsig", "activation")
    type: Literal["sigmoid"] = "sigmoid"


class LogSigmoid(_Activation):
    """Takes the logarithm of the sigmoid."""

    aliases = ("LogSigmoid", "activation")
    type: Literal["log_sigmoid"] = "log_sigmoid"


class Tanh(_Activation):
    """Maps values to −1 … 1."""

    aliases = ("Tanh", "tansig", "activation")
    type: Literal["tanh"] = "tanh"


class Softplus(_Activation):
    """Rounds off a rectifier: log(1 + exp(x))."""

    aliases = ("Softplus", "activation")
    type: Literal["softplus"] = "softplus"

    beta: Annotated[float, Field(gt=0)] = 1.0
    """How sharp the bend is."""

    threshold: float = 20.0
    """Above beta·x of this size it is the identity."""


class Softsign(_Activation):
    """Divides each value by one plus its magnitude."""

    aliases = ("Softsign", "activation")
    type: Literal["softsign"] = "softsign"


class _Softmax(LayerSpec):
    dim: Axis | None = None
    """Axis that sums to 1, counted with the batch as 0; left out, axis 1."""

    def infer(self, x: Shape) -> Effect:
        """Return what a softmax does to a shape: nothing."""
        if self.dim is not None:
            axis_of(self, "dim", self.dim, x)
        if self.dim is not None or len(x) != 2:
            return Effect(x, kept_axes(x))
        note = Note(
            Code.SOFTMAX_AXIS,
            "Without `dim`, PyTorch takes the batch axis of a sequence; axis 1 is meant"
            " here.",
            "dim",
            "Set dim to 1 for the channels, or to 2 for the positions.",
        )
        return Effect(x, kept_axes(x), notes=(note,))


class Softmax(_Softmax):
    """Turns the values along an axis into shares that sum to 1."""

    aliases = ("Softmax", "activation")
    type: Literal["softmax"] = "softmax"


class LogSoftmax(_Softmax):
    """Takes the logarithm of a softmax."""

    aliases = ("LogSoftmax", "activation")
    type: Literal["log_softmax"] = "log_softmax"


class Glu(LayerSpec):
    """Weighs one half of an axis by the sigmoid of the other."""

    aliases = ("GLU", "gated linear unit", "activation")
    type: Literal["glu"] = "glu"

    dim: Axis = -1
    """Axis that is halved, counted with the batch as 0."""

    def infer(self, x: Shape) -> Effect:
        """Return what gating does to a shape: one axis is halved."""
        axis = axis_of(self, "dim", self.dim, x)
        if x[axis] % 2:
            raise Refusal(
                Code.NOT_DIVISIBLE,
                f"glu halves axis {axis + 1}, but its size is odd. "
                f"Received: {spelled(x[axis])}.",
                field="dim",
                hint="Give it an even number of channels, or another axis.",
            )
        output = (*x[:axis], x[axis] // 2, *x[axis + 1 :])

        def derive() -> tuple[Step, ...]:
            name = axis_names(x)[axis]
            entering = symbol("i", x[axis], f"{ENTERING}{name}")
            half = Step.of(f"output {name}", exact_quotient(entering, 2))
            steps = sizes_kept(x)
            return (*steps[:axis], half, *steps[axis + 1 :])

        # Each output reads the cell in its place and the one half an axis behind.
        half = Pattern(1, 1, ((0, x[axis] // 2),), max(x[axis] // 2, 1))
        axes = tuple(half if one == axis else None for one in range(len(x)))
        return Effect(output, derive, reads=Reads(axes))


class Identity(_Activation):
    """Leaves everything as it is."""

    aliases = ("Identity", "no-op", "linear activation")
    type: Literal["identity"] = "identity"
