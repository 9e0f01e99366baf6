"""Reference models that filter channels and mix them apart: Xception, ConvNeXt."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tests.peers.models.parts import Activation, Residual, TensorFlowNorm, conv_norm


class Permute(nn.Module):
    """`torch.permute` as a module."""

    def __init__(self, *dims: int) -> None:
        super().__init__()
        self.dims = dims

    def forward(self, x: Tensor) -> Tensor:
        return x.permute(self.dims)


class LayerNorm2d(nn.LayerNorm):
    """Layer normalisation over the channels at each position."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class LayerScale(nn.Module):
    """Multiply every channel by a learned factor."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((channels,), 1e-6))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.weight[:, None, None]


def convnext_block(channels: int) -> nn.Module:
    """Return ConvNeXt's block, whose linear layers act on channels-last maps."""
    return Residual(
        nn.Sequential(
            nn.Conv2d(channels, channels, 7, padding=3, groups=channels),
            Permute(0, 2, 3, 1),
            nn.LayerNorm(channels, eps=1e-6),
            nn.Linear(channels, 4 * channels),
            nn.GELU(),
            nn.Linear(4 * channels, channels),
            Permute(0, 3, 1, 2),
            LayerScale(channels),
        )
    )


def convnext_tiny() -> nn.Module:
    """Build torchvision.models.convnext_tiny without stochastic depth."""
    layers = [nn.Conv2d(3, 96, 4, stride=4), LayerNorm2d(96, eps=1e-6)]
    for width, count in [(96, 3), (192, 3), (384, 9), (768, 3)]:
        if width > 96:
            half = width // 2
            layers += [LayerNorm2d(half, eps=1e-6), nn.Conv2d(half, width, 2, stride=2)]
        layers += [convnext_block(width) for _ in range(count)]
    return nn.Sequential(
        *layers,
        nn.AdaptiveAvgPool2d(1),
        LayerNorm2d(768, eps=1e-6),
        nn.Flatten(),
        nn.Linear(768, 1000),
    )


class SeparableConv2d(nn.Module):
    """Keras' SeparableConv2D, 3x3 with SAME padding and without a bias.

    One layer with two weights, as in Keras and in the document.
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.depthwise_weight = nn.Parameter(torch.empty(in_channels, 1, 3, 3))
        self.pointwise_weight = nn.Parameter(
            torch.empty(out_channels, in_channels, 1, 1)
        )
        for weight in self.parameters():
            nn.init.kaiming_uniform_(weight)

    def forward(self, x: Tensor) -> Tensor:
        x = F.conv2d(x, self.depthwise_weight, padding=1, groups=x.shape[1])
        return F.conv2d(x, self.pointwise_weight)


class SameMaxPool2d(nn.Module):
    """3x3 max pooling of stride 2 with TensorFlow's SAME padding."""

    def forward(self, x: Tensor) -> Tensor:
        height, width = x.shape[2:]
        padding = (width % 2, 1, height % 2, 1)
        return F.max_pool2d(F.pad(x, padding, value=float("-inf")), 3, 2)


def separable_norm(in_channels: int, out_channels: int) -> nn.Module:
    """Return a separable convolution and its normalisation."""
    return nn.Sequential(
        SeparableConv2d(in_channels, out_channels), TensorFlowNorm(out_channels)
    )


def xception_down(
    in_channels: int, middle: int, out_channels: int, activation: Activation = nn.ReLU
) -> nn.Module:
    """Return the Xception block that halves the map."""
    main = nn.Sequential(
        activation(),
        separable_norm(in_channels, middle),
        nn.ReLU(),
        separable_norm(middle, out_channels),
        SameMaxPool2d(),
    )
    shortcut = conv_norm(in_channels, out_channels, stride=2, norm=TensorFlowNorm)
    return Residual(main, shortcut)


def xception_middle() -> nn.Module:
    """Return one of Xception's eight equal blocks."""
    layers = [(nn.ReLU(), separable_norm(728, 728)) for _ in range(3)]
    return Residual(nn.Sequential(*(module for pair in layers for module in pair)))


def xception() -> nn.Module:
    """Build keras.applications.Xception."""
    conv = partial(
        conv_norm, kernel_size=3, activation=nn.ReLU, norm=TensorFlowNorm, padding=0
    )
    return nn.Sequential(
        conv(3, 32, stride=2),
        conv(32, 64),
        xception_down(64, 128, 128, activation=nn.Identity),
        xception_down(128, 256, 256),
        xception_down(256, 728, 728),
        *(xception_middle() for _ in range(8)),
        xception_down(728, 728, 1024),
        separable_norm(1024, 1536),
        nn.ReLU(),
        separable_norm(1536, 2048),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(2048, 1000),
        nn.Softmax(dim=1),
    )


MODELS: dict[str, Callable[[], nn.Module]] = {
    "xception": xception,
    "convnext-tiny": convnext_tiny,
}
