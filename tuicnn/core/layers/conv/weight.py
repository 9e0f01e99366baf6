"""What the weights of convolutions have in common: shapes, letters, groups.

It never knows whether a window slides or paints.
"""

from tuicnn.core.derivation import spelled
from tuicnn.core.diagnostics import Code, Fix, Refusal
from tuicnn.core.layer import (
    LayerSpec,
    Shapes,
)
from tuicnn.core.shapes import AXES, Shape
from tuicnn.core.terms import N, Term, exact_quotient, symbol


def weight_shape(
    outputs: N, channels: N, kernel: tuple[N, ...], groups: N
) -> tuple[N, ...]:
    """Return the shape of a convolution's weight: one filter per output channel."""
    if _is_one(groups):
        return (outputs, channels) + kernel  # noqa: RUF005  # mypy loses N in a star
    return (outputs, exact_quotient(channels, groups)) + kernel  # noqa: RUF005


def _is_one(number: int | Term) -> bool:
    return (number.value if isinstance(number, Term) else number) == 1


def kernel_letters(kernel: tuple[int, ...]) -> tuple[Term, ...]:
    """Return a letter for each side of the kernel: k_h, k_w."""
    return tuple(
        symbol(f"k_{axis[0]}", size, f"kernel {axis}")
        for axis, size in zip(AXES[len(kernel)], kernel, strict=True)
    )


def size_letters(letter: str, sizes: Shape, what: str) -> tuple[Term, ...]:
    """Return a letter for each size of a map: o_h, o_w."""
    return tuple(
        symbol(f"{letter}_{axis[0]}", size, f"{what} {axis}")
        for axis, size in zip(AXES[len(sizes)], sizes, strict=True)
    )


def check_groups(layer: LayerSpec, groups: int, channels: int, what: str) -> None:
    """Refuse groups that do not divide a number of channels."""
    if channels % groups:
        raise Refusal(
            Code.GROUPS,
            f"groups is {groups}, which does not divide the {spelled(channels)} {what} "
            "channels.",
            field="groups",
            hint="Each group takes an equal share: take a divisor of "
            f"{spelled(channels)}.",
            fixes=(Fix("set groups to 1", (layer.changed(groups=1),)),),
        )


def with_bias(weight: Shape, outputs: int, bias: bool) -> Shapes:
    """Return the shapes of a weight and, if there is one, its bias."""
    return {"weight": weight, "bias": (outputs,)} if bias else {"weight": weight}
