"""Normalisations as Keras 3 spells them, channels last.

What Keras keeps, it counts as parameters that are not trained.
"""

from __future__ import annotations

from typing import Final, cast

from tuicnn.core.lens.keras_axes import axis
from tuicnn.core.lens.view import Cannot, Code, Setting, called

_COUNTED: Final = (
    "Keras counts mean and variance as parameters that are not trained: 4 a channel, "
    "not 2."
)


def batch_norm(one: Setting) -> Code | Cannot:
    """Return a batch norm."""
    fields = one.fields
    if not fields.get("track_running_stats", True):
        return Cannot("Keras always tracks mean and variance")
    momentum = fields.get("momentum", 0.1)
    remarks = [_COUNTED]
    if momentum is None:
        remarks.append("Keras has no plain average of the batches: its default stays.")
        named: dict[str, object] = {}
    else:
        named = {"momentum": round(1 - float(cast("float", momentum)), 12)}
        remarks.append("Keras' momentum is one minus PyTorch's: the share that stays.")
    named["epsilon"] = getattr(one.layer, "eps", 1e-5)
    text = called("layers.BatchNormalization", **named, **_affine(one))
    return Code(text, tuple(remarks), kept=2 * one.x[0])


def _affine(one: Setting) -> dict[str, object]:
    affine = "weight" in one.effect.parameters
    named = {} if affine else {"center": False, "scale": False}
    if affine and "bias" not in one.effect.parameters:
        named = {"center": False}
    return dict(named)


def group_norm(one: Setting) -> Code | Cannot:
    """Return a group norm, or an instance norm."""
    if one.effect.buffers:
        return Cannot("Keras has no running statistics for a norm of one sample")
    groups = getattr(one.layer, "num_groups", -1)
    named = {"epsilon": getattr(one.layer, "eps", 1e-5), **_affine(one)}
    remarks: tuple[str, ...] = ()
    if groups == -1:
        remarks = ("Keras has it as a group norm with a group for each channel.",)
    return Code(called("layers.GroupNormalization", groups, **named), remarks)


def layer_norm(one: Setting) -> Code:
    """Return a layer norm."""
    count = len(getattr(one.layer, "normalized_shape", None) or one.x)
    axes = sorted(axis(one, number + 1) for number in range(len(one.x))[-count:])
    named = {"epsilon": getattr(one.layer, "eps", 1e-5), **_affine(one)}
    text = called("layers.LayerNormalization", axis=list(axes), **named)
    return Code(text, ("Without axis, Keras takes the last one: here the channels.",))


def layer_norm2d(one: Setting) -> Code:
    """Return a layer norm over the channels."""
    named = {"epsilon": getattr(one.layer, "eps", 1e-6), **_affine(one)}
    return Code(called("layers.LayerNormalization", **named))


def rms_norm(one: Setting) -> Code | Cannot:
    """Return an RMS norm."""
    if not one.effect.parameters:
        return Cannot("Keras' RMSNormalization always has a factor")
    count = len(getattr(one.layer, "normalized_shape", None) or one.x)
    axes = sorted(axis(one, number + 1) for number in range(len(one.x))[-count:])
    epsilon = getattr(one.layer, "eps", None)
    named = {"epsilon": 1.1920929e-07 if epsilon is None else epsilon}
    return Code(called("layers.RMSNormalization", axis=list(axes), **named))


def local_response_norm(one: Setting) -> Cannot:
    """Return why there is no normalisation over neighbouring channels."""
    return Cannot(
        "Keras has no layer for it; tf.nn.local_response_normalization has odd windows "
        "only, and does not divide alpha by them"
    )
