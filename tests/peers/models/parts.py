"""What several reference models are made of."""

from collections.abc import Callable
from functools import partial

from torch import Tensor, nn

CLASSES = 1000

Activation = Callable[[], nn.Module]
Norm = Callable[[int], nn.Module]

TensorFlowNorm = partial(nn.BatchNorm2d, eps=1e-3, momentum=0.01)


def named(**modules: nn.Module) -> nn.Sequential:
    """Return a sequence whose modules have names instead of numbers."""
    sequence = nn.Sequential()
    for name, module in modules.items():
        sequence.add_module(name, module)
    return sequence


def conv_norm(
    in_channels: int,
    out_channels: int,
    kernel_size: int = 1,
    stride: int = 1,
    groups: int = 1,
    activation: Activation | None = None,
    norm: Norm = nn.BatchNorm2d,
    padding: int | None = None,
) -> nn.Sequential:
    """Return a convolution without bias, its normalisation and its activation."""
    if padding is None:
        padding = kernel_size // 2
    layers = [
        nn.Conv2d(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            groups=groups,
            bias=False,
        ),
        norm(out_channels),
    ]
    return nn.Sequential(*layers, *([activation()] if activation else []))


class Residual(nn.Module):
    """The sum of a shortcut, the identity by default, and a main path."""

    def __init__(self, main: nn.Module, shortcut: nn.Module | None = None) -> None:
        super().__init__()
        self.shortcut = nn.Identity() if shortcut is None else shortcut
        self.main = main

    def forward(self, x: Tensor) -> Tensor:
        total: Tensor = self.shortcut(x) + self.main(x)
        return total
