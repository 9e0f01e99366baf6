"""Layers that matter in training: at inference, dropout is the identity.

It never drops anything.
"""

from typing import Literal

from tuicnn.core.derivation import Step
from tuicnn.core.fields import Probability
from tuicnn.core.layer import Effect, LayerSpec, kept_axes, sizes_kept
from tuicnn.core.shapes import Shape
from tuicnn.core.terms import symbol


class _Dropout(LayerSpec):
    p: Probability = 0.5
    """Share of values that training sets to 0."""

    inplace: bool = False
    """PyTorch's hint to save memory; it changes no number."""

    def infer(self, x: Shape) -> Effect:
        """Return what dropout does to a shape: nothing."""
        return Effect(x, kept_axes(x))


class Dropout(_Dropout):
    """Sets single values to 0 in training."""

    aliases = ("Dropout",)
    type: Literal["dropout"] = "dropout"


class Dropout2d(_Dropout):
    """Sets whole maps to 0 in training."""

    aliases = ("Dropout2d", "SpatialDropout2D")
    type: Literal["dropout2d"] = "dropout2d"


class LayerScale(LayerSpec):
    """Multiplies each channel by a learnt factor."""

    aliases = ("LayerScale", "scale")
    type: Literal["layer_scale"] = "layer_scale"

    init_value: float = 1e-6
    """Factor before training."""

    def infer(self, x: Shape) -> Effect:
        """Return what a factor for each channel does to a shape: nothing."""

        def derive() -> tuple[Step, ...]:
            channels = symbol("C", x[0], "entering channels")
            return (*sizes_kept(x), Step.of("weight", channels))

        return Effect(x, derive, {"weight": (x[0],)})
