"""Normalisations: they keep the shape and rescale what is in it.

Statistics over whole maps are not counted as reading them: receptive fields follow the
literature, which leaves normalisation out.
"""

from typing import Annotated, Literal

from pydantic import Field

from tuicnn.core import limits
from tuicnn.core.derivation import Step, spelled
from tuicnn.core.diagnostics import Code, Fix, Note, Refusal
from tuicnn.core.fields import Channels, Extents
from tuicnn.core.layer import (
    NO_SHAPES,
    Effect,
    LayerSpec,
    Shapes,
    check_declared,
    sizes_kept,
    wrong_rank,
)
from tuicnn.core.shapes import AXES, Shape, axis_names, spell
from tuicnn.core.terms import Term, product, symbol

Epsilon = Annotated[float, Field(ge=0, le=1)]
Momentum = Annotated[float, Field(ge=0, le=1)]


def _per_channel(names: tuple[str, ...], channels: int, kept: bool) -> Shapes:
    return dict.fromkeys(names, (channels,)) if kept else NO_SHAPES


def _channel_steps(
    x: Shape, parameters: Shapes, buffers: Shapes = NO_SHAPES
) -> tuple[Step, ...]:
    channels = symbol("C", x[0], "entering channels")
    counted = (Step.of(name, channels) for name in (*parameters, *buffers))
    return (*sizes_kept(x), *counted)


class _ChannelNorm(LayerSpec):
    num_features: Channels | None = None
    """Channels that arrive; may be left out, the stack knows it."""

    eps: Epsilon = 1e-5
    """Added to the variance, so that nothing is divided by zero."""

    momentum: Momentum | None = 0.1
    """Weight of a new batch in the running statistics; null: a plain average."""

    def _normalised(self, x: Shape, affine: bool, tracked: bool) -> Effect:
        check_declared(
            self, "num_features", self.num_features, x[0], Code.NUM_FEATURES_MISMATCH
        )
        parameters = _per_channel(("weight", "bias"), x[0], affine)
        buffers = _per_channel(("running_mean", "running_var"), x[0], tracked)
        return Effect(
            x, lambda: _channel_steps(x, parameters, buffers), parameters, buffers
        )


class BatchNorm(_ChannelNorm):
    """Rescales each channel by its mean and variance over the batch."""

    aliases = ("BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "BatchNormalization", "bn")
    type: Literal["batch_norm"] = "batch_norm"

    affine: bool = True
    """Whether each channel has a learnt factor and offset."""

    track_running_stats: bool = True
    """Whether mean and variance are remembered for inference."""

    def infer(self, x: Shape) -> Effect:
        """Return what batch normalisation does to a vector or a map of any rank."""
        return self._normalised(x, self.affine, self.track_running_stats)


class InstanceNorm(_ChannelNorm):
    """Rescales each map of each sample by its own mean and variance."""

    aliases = ("InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d")
    type: Literal["instance_norm"] = "instance_norm"

    affine: bool = False
    """Whether each channel has a learnt factor and offset."""

    track_running_stats: bool = False
    """Whether mean and variance are remembered for inference."""

    def infer(self, x: Shape) -> Effect:
        """Return what instance normalisation does to a map (C, *sizes)."""
        sizes = self.spatial(x)
        effect = self._normalised(x, self.affine, self.track_running_stats)
        if product(map(int, sizes)) > 1:  # a warning is about the sizes here
            return effect
        note = Note(
            Code.CONSTANT_NORM,
            f"Each map of {spell(x)} is a single value: minus its mean it is 0.",
            hint="PyTorch refuses it, unless running statistics are tracked and used; "
            "normalise before the maps shrink to one cell.",
        )
        return effect._replace(notes=(note,))


class GroupNorm(LayerSpec):
    """Rescales groups of channels of each sample by their mean and variance."""

    aliases = ("GroupNormalization",)
    type: Literal["group_norm"] = "group_norm"

    num_groups: Channels
    """Groups into which the channels are split."""

    num_channels: Channels | None = None
    """Channels that arrive; may be left out, the stack knows it."""

    eps: Epsilon = 1e-5
    """Added to the variance, so that nothing is divided by zero."""

    affine: bool = True
    """Whether each channel has a learnt factor and offset."""

    def infer(self, x: Shape) -> Effect:
        """Return what group normalisation does to a vector or a map of any rank."""
        check_declared(
            self, "num_channels", self.num_channels, x[0], Code.NUM_FEATURES_MISMATCH
        )
        if x[0] % self.num_groups:
            raise Refusal(
                Code.GROUPS,
                f"num_groups is {self.num_groups}, which does not divide the "
                f"{spelled(x[0])} channels.",
                field="num_groups",
                hint=f"Take a divisor of {spelled(x[0])}.",
                fixes=(Fix("set num_groups to 1", (self.changed(num_groups=1),)),),
            )
        parameters = _per_channel(("weight", "bias"), x[0], self.affine)
        return Effect(x, lambda: _channel_steps(x, parameters), parameters)


class _TrailingNorm(LayerSpec):
    normalized_shape: Extents | None = None
    """Sizes of the last axes, which are rescaled together; left out, all of them."""

    def _axes(self, x: Shape) -> Shape:
        shape = self.normalized_shape or x
        if x[-len(shape) :] == shape:
            return shape
        raise Refusal(
            Code.NUM_FEATURES_MISMATCH,
            f"normalized_shape is {spell(shape)}, but the last axes of what arrives "
            f"are {spell(x[-len(shape) :])}. Received: {spell(x)}.",
            field="normalized_shape",
            hint="It counts from the last axis; for the channels of a map take "
            "layer_norm2d, or permute them to the end.",
            fixes=(
                Fix(
                    f"set normalized_shape to {spell(x)}",
                    (self.changed(normalized_shape=x),),
                ),
            ),
        )


def _trailing_letters(x: Shape, shape: Shape) -> tuple[Term, ...]:
    names = axis_names(x)[-len(shape) :]
    letters = ("C" if name in ("channels", "features") else name[0] for name in names)
    return tuple(
        symbol(letter if name[0] != "a" else f"a{name[-1]}", size, name)
        for letter, name, size in zip(letters, names, shape, strict=True)
    )


class LayerNorm(_TrailingNorm):
    """Rescales each sample, or its last axes, by mean and variance."""

    aliases = ("LayerNormalization", "ln")
    type: Literal["layer_norm"] = "layer_norm"

    eps: Epsilon = 1e-5
    """Added to the variance, so that nothing is divided by zero."""

    elementwise_affine: bool = True
    """Whether each position has a learnt factor, and an offset if `bias`."""

    bias: bool = True
    """Whether each position has a learnt offset."""

    def infer(self, x: Shape) -> Effect:
        """Return what layer normalisation does to a sample of any rank."""
        shape = self._axes(x)
        names = ("weight", "bias") if self.bias else ("weight",)
        parameters = dict.fromkeys(names, shape) if self.elementwise_affine else {}

        def derive() -> tuple[Step, ...]:
            count = product(_trailing_letters(x, shape))
            return (*sizes_kept(x), *(Step.of(name, count) for name in parameters))

        return Effect(x, derive, parameters)


class LayerNorm2d(LayerSpec):
    """Rescales the channels at each position of a map by mean and variance."""

    aliases = ("LayerNormalization", "channels first layer norm")
    type: Literal["layer_norm2d"] = "layer_norm2d"

    num_channels: Channels | None = None
    """Channels that arrive; may be left out, the stack knows it."""

    eps: Epsilon = 1e-6
    """Added to the variance, so that nothing is divided by zero."""

    elementwise_affine: bool = True
    """Whether each channel has a learnt factor and offset."""

    rank = 2

    def infer(self, x: Shape) -> Effect:
        """Return what normalising over channels does to a map (C, H, W)."""
        self.spatial(x)
        check_declared(
            self, "num_channels", self.num_channels, x[0], Code.NUM_FEATURES_MISMATCH
        )
        names = ("weight", "bias")
        parameters = _per_channel(names, x[0], self.elementwise_affine)
        return Effect(x, lambda: _channel_steps(x, parameters), parameters)


class RmsNorm(_TrailingNorm):
    """Rescales each sample, or its last axes, by the root mean square."""

    aliases = ("RMSNorm", "RMSNormalization")
    type: Literal["rms_norm"] = "rms_norm"

    eps: Epsilon | None = None
    """Added to the mean square; left out, the least float32 that matters."""

    elementwise_affine: bool = True
    """Whether each position has a learnt factor."""

    def infer(self, x: Shape) -> Effect:
        """Return what RMS normalisation does to a sample of any rank."""
        shape = self._axes(x)
        parameters = {"weight": shape} if self.elementwise_affine else NO_SHAPES

        def derive() -> tuple[Step, ...]:
            count = product(_trailing_letters(x, shape))
            return (*sizes_kept(x), *(Step.of(name, count) for name in parameters))

        return Effect(x, derive, parameters)


class LocalResponseNorm(LayerSpec):
    """Damps each value by its neighbours in the channels beside it."""

    aliases = ("LRN", "CrossMapLRN2d", "local response normalization")
    type: Literal["local_response_norm"] = "local_response_norm"

    size: Annotated[int, Field(ge=1, le=limits.CHANNELS)]
    """Channels in the window."""

    alpha: float = 1e-4
    """Factor of the mean square; PyTorch divides it by `size`."""

    beta: float = 0.75
    """Power to which the damping is raised."""

    k: float = 1.0
    """Added to the damping."""

    def infer(self, x: Shape) -> Effect:
        """Return what local response normalisation does to a map (C, *sizes)."""
        if len(x) < 2 or len(x) - 1 not in AXES:
            raise wrong_rank(self, x)
        return Effect(x, lambda: sizes_kept(x))
