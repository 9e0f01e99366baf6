"""Reference models that spare arithmetic: MobileNets and their successors."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

from tests.peers.models.parts import (
    Activation,
    Norm,
    Residual,
    TensorFlowNorm,
    conv_norm,
)


def classifier(channels: int) -> list[nn.Module]:
    """Return torchvision's usual head: average, dropout, 1000 classes."""
    return [
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Dropout(0.2),
        nn.Linear(channels, 1000),
    ]


def make_divisible(channels: int) -> int:
    """Round to a multiple of eight, never down by more than a tenth."""
    rounded = max(8, (channels + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels else rounded


class SqueezeExcitation(nn.Module):
    """Multiply every channel by a weight computed from the channels' averages."""

    def __init__(
        self,
        channels: int,
        squeezed: int,
        activation: Activation = nn.ReLU,
        gate: Activation = nn.Sigmoid,
    ) -> None:
        super().__init__()
        self.weights = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Conv2d(channels, squeezed, 1),
            activation(),
            nn.Conv2d(squeezed, channels, 1),
            gate(),
        )

    def forward(self, x: Tensor) -> Tensor:
        weighed: Tensor = x * self.weights(x)
        return weighed


def inverted_residual(
    in_channels: int,
    expanded: int,
    out_channels: int,
    kernel_size: int,
    stride: int,
    activation: Activation,
    norm: Norm = nn.BatchNorm2d,
    attention: nn.Module | None = None,
) -> nn.Module:
    """Return MobileNetV2's block: widen, filter each channel, weigh, narrow."""
    conv = partial(conv_norm, norm=norm)
    layers: list[nn.Module] = []
    if expanded != in_channels:
        layers.append(conv(in_channels, expanded, activation=activation))
    layers.append(
        conv(
            expanded,
            expanded,
            kernel_size,
            stride,
            groups=expanded,
            activation=activation,
        )
    )
    if attention is not None:
        layers.append(attention)
    layers.append(conv(expanded, out_channels))
    main = nn.Sequential(*layers)
    return Residual(main) if stride == 1 and in_channels == out_channels else main


def mobilenet_v1() -> nn.Module:
    """Build keras.applications.MobileNet."""
    conv = partial(conv_norm, activation=nn.ReLU6, norm=TensorFlowNorm)
    pad_end = nn.ZeroPad2d((0, 1, 0, 1))
    layers = [pad_end, conv(3, 32, 3, stride=2, padding=0)]
    blocks = [  # output channels, stride
        (64, 1),
        (128, 2),
        (128, 1),
        (256, 2),
        (256, 1),
        (512, 2),
        *[(512, 1)] * 5,
        (1024, 2),
        (1024, 1),
    ]
    width = 32
    for out_channels, stride in blocks:
        if stride == 1:
            layers.append(conv(width, width, 3, groups=width))
        else:
            layers += [pad_end, conv(width, width, 3, stride, groups=width, padding=0)]
        layers.append(conv(width, out_channels))
        width = out_channels
    return nn.Sequential(
        *layers,
        nn.AdaptiveAvgPool2d(1),
        nn.Dropout(0.001),
        nn.Conv2d(1024, 1000, 1),
        nn.Flatten(),
        nn.Softmax(dim=1),
    )


def mobilenet_v2() -> nn.Module:
    """Build torchvision.models.mobilenet_v2."""
    stages = [  # expansion, output channels, blocks, stride
        (1, 16, 1, 1),
        (6, 24, 2, 2),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    ]
    layers: list[nn.Module] = [conv_norm(3, 32, 3, 2, activation=nn.ReLU6)]
    width = 32
    for expansion, out_channels, count, first_stride in stages:
        for index in range(count):
            stride = first_stride if index == 0 else 1
            layers.append(
                inverted_residual(
                    width, width * expansion, out_channels, 3, stride, nn.ReLU6
                )
            )
            width = out_channels
    layers.append(conv_norm(320, 1280, activation=nn.ReLU6))
    return nn.Sequential(*layers, *classifier(1280))


V3Block = tuple[int, int, int, bool, Activation, int]


def mobilenet_v3(blocks: list[V3Block], features: int) -> nn.Module:
    """Build a MobileNetV3 whose classifier has `features` hidden units."""
    conv = partial(conv_norm, activation=nn.Hardswish, norm=TensorFlowNorm)
    layers: list[nn.Module] = [conv(3, 16, 3, 2)]
    width = 16
    for kernel_size, expanded, out_channels, weighed, activation, stride in blocks:
        attention = None
        if weighed:
            squeezed = make_divisible(expanded // 4)
            attention = SqueezeExcitation(expanded, squeezed, gate=nn.Hardsigmoid)
        layers.append(
            inverted_residual(
                width,
                expanded,
                out_channels,
                kernel_size,
                stride,
                activation,
                TensorFlowNorm,
                attention,
            )
        )
        width = out_channels
    return nn.Sequential(
        *layers,
        conv(width, 6 * width),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(6 * width, features),
        nn.Hardswish(),
        nn.Dropout(0.2),
        nn.Linear(features, 1000),
    )


def mobilenet_v3_small() -> nn.Module:
    """Build torchvision.models.mobilenet_v3_small."""
    blocks: list[V3Block] = [
        (3, 16, 16, True, nn.ReLU, 2),
        (3, 72, 24, False, nn.ReLU, 2),
        (3, 88, 24, False, nn.ReLU, 1),
        (5, 96, 40, True, nn.Hardswish, 2),
        (5, 240, 40, True, nn.Hardswish, 1),
        (5, 240, 40, True, nn.Hardswish, 1),
        (5, 120, 48, True, nn.Hardswish, 1),
        (5, 144, 48, True, nn.Hardswish, 1),
        (5, 288, 96, True, nn.Hardswish, 2),
        (5, 576, 96, True, nn.Hardswish, 1),
        (5, 576, 96, True, nn.Hardswish, 1),
    ]
    return mobilenet_v3(blocks, 1024)


def mobilenet_v3_large() -> nn.Module:
    """Build torchvision.models.mobilenet_v3_large."""
    blocks: list[V3Block] = [
        (3, 16, 16, False, nn.ReLU, 1),
        (3, 64, 24, False, nn.ReLU, 2),
        (3, 72, 24, False, nn.ReLU, 1),
        (5, 72, 40, True, nn.ReLU, 2),
        (5, 120, 40, True, nn.ReLU, 1),
        (5, 120, 40, True, nn.ReLU, 1),
        (3, 240, 80, False, nn.Hardswish, 2),
        (3, 200, 80, False, nn.Hardswish, 1),
        (3, 184, 80, False, nn.Hardswish, 1),
        (3, 184, 80, False, nn.Hardswish, 1),
        (3, 480, 112, True, nn.Hardswish, 1),
        (3, 672, 112, True, nn.Hardswish, 1),
        (5, 672, 160, True, nn.Hardswish, 2),
        (5, 960, 160, True, nn.Hardswish, 1),
        (5, 960, 160, True, nn.Hardswish, 1),
    ]
    return mobilenet_v3(blocks, 1280)


def efficientnet_b0() -> nn.Module:
    """Build torchvision.models.efficientnet_b0 without stochastic depth."""
    stages = [  # expansion, kernel, stride, output channels, blocks
        (1, 3, 1, 16, 1),
        (6, 3, 2, 24, 2),
        (6, 5, 2, 40, 2),
        (6, 3, 2, 80, 3),
        (6, 5, 1, 112, 3),
        (6, 5, 2, 192, 4),
        (6, 3, 1, 320, 1),
    ]
    layers: list[nn.Module] = [conv_norm(3, 32, 3, 2, activation=nn.SiLU)]
    width = 32
    for expansion, kernel_size, first_stride, out_channels, count in stages:
        for index in range(count):
            expanded = width * expansion
            layers.append(
                inverted_residual(
                    width,
                    expanded,
                    out_channels,
                    kernel_size,
                    first_stride if index == 0 else 1,
                    nn.SiLU,
                    attention=SqueezeExcitation(expanded, width // 4, nn.SiLU),
                )
            )
            width = out_channels
    layers.append(conv_norm(320, 1280, activation=nn.SiLU))
    return nn.Sequential(*layers, *classifier(1280))


def mnasnet1_0() -> nn.Module:
    """Build torchvision.models.mnasnet1_0."""
    stacks = [  # output channels, kernel, stride, expansion, blocks
        (24, 3, 2, 3, 3),
        (40, 5, 2, 3, 3),
        (80, 5, 2, 6, 3),
        (96, 3, 1, 6, 2),
        (192, 5, 2, 6, 4),
        (320, 3, 1, 6, 1),
    ]
    conv = partial(conv_norm, activation=nn.ReLU)
    layers: list[nn.Module] = [
        conv(3, 32, 3, 2),
        conv(32, 32, 3, groups=32),
        conv_norm(32, 16),
    ]
    width = 16
    for out_channels, kernel_size, first_stride, expansion, count in stacks:
        for index in range(count):
            layers.append(
                inverted_residual(
                    width,
                    width * expansion,
                    out_channels,
                    kernel_size,
                    first_stride if index == 0 else 1,
                    nn.ReLU,
                )
            )
            width = out_channels
    return nn.Sequential(*layers, conv(320, 1280), *classifier(1280))


class ShuffleUnit(nn.Module):
    """ShuffleNetV2's unit: two branches, concatenated and shuffled."""

    def __init__(self, in_channels: int, out_channels: int, stride: int) -> None:
        super().__init__()
        half = out_channels // 2
        conv = partial(conv_norm, activation=nn.ReLU)
        self.splits = stride == 1
        self.left = nn.Sequential()
        if not self.splits:
            self.left = nn.Sequential(
                conv_norm(in_channels, in_channels, 3, stride, groups=in_channels),
                conv(in_channels, half),
            )
        self.right = nn.Sequential(
            conv(half if self.splits else in_channels, half),
            conv_norm(half, half, 3, stride, groups=half),
            conv(half, half),
        )
        self.shuffle = nn.ChannelShuffle(2)

    def forward(self, x: Tensor) -> Tensor:
        left, right = x.chunk(2, dim=1) if self.splits else (x, x)
        shuffled: Tensor = self.shuffle(
            torch.cat([self.left(left), self.right(right)], dim=1)
        )
        return shuffled


def shufflenet_v2_x1_0() -> nn.Module:
    """Build torchvision.models.shufflenet_v2_x1_0."""
    conv = partial(conv_norm, activation=nn.ReLU)
    layers: list[nn.Module] = [conv(3, 24, 3, 2), nn.MaxPool2d(3, 2, padding=1)]
    width = 24
    for out_channels, count in [(116, 4), (232, 8), (464, 4)]:
        layers.append(ShuffleUnit(width, out_channels, 2))
        layers += [ShuffleUnit(out_channels, out_channels, 1) for _ in range(count - 1)]
        width = out_channels
    return nn.Sequential(
        *layers,
        conv(464, 1024),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(1024, 1000),
    )


def regnet_block(in_channels: int, width: int, stride: int) -> nn.Module:
    """Return RegNetY's bottleneck with groups of eight channels."""
    conv = partial(conv_norm, activation=nn.ReLU)
    shortcut = None
    if stride != 1 or in_channels != width:
        shortcut = conv_norm(in_channels, width, stride=stride)
    main = nn.Sequential(
        conv(in_channels, width),
        conv(width, width, 3, stride, groups=width // 8),
        SqueezeExcitation(width, round(in_channels / 4)),
        conv_norm(width, width),
    )
    return nn.Sequential(Residual(main, shortcut), nn.ReLU())


def regnet_y_400mf() -> nn.Module:
    """Build torchvision.models.regnet_y_400mf."""
    layers: list[nn.Module] = [conv_norm(3, 32, 3, 2, activation=nn.ReLU)]
    in_channels = 32
    for width, count in [(48, 1), (104, 3), (208, 6), (440, 6)]:
        layers.append(regnet_block(in_channels, width, 2))
        layers += [regnet_block(width, width, 1) for _ in range(count - 1)]
        in_channels = width
    return nn.Sequential(
        *layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(440, 1000)
    )


MODELS: dict[str, Callable[[], nn.Module]] = {
    "mobilenet-v1": mobilenet_v1,
    "mobilenet-v2": mobilenet_v2,
    "mobilenet-v3-small": mobilenet_v3_small,
    "mobilenet-v3-large": mobilenet_v3_large,
    "efficientnet-b0": efficientnet_b0,
    "mnasnet1-0": mnasnet1_0,
    "shufflenet-v2-x1-0": shufflenet_v2_x1_0,
    "regnet-y-400mf": regnet_y_400mf,
}
