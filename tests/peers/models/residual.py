"""Reference models with shortcuts: ResNets and DenseNet."""

from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor, nn

from tests.peers.models.parts import (
    CLASSES,
    named,
)


def _downsample(channels: int, width: int, stride: int) -> nn.Module:
    """Return the shortcut: nothing where the shapes agree, else a 1x1 convolution."""
    if stride == 1 and channels == width:
        return nn.Identity()
    return nn.Sequential(
        nn.Conv2d(channels, width, 1, stride, bias=False), nn.BatchNorm2d(width)
    )


class BasicBlock(nn.Module):
    """ResNet's block of two 3x3 convolutions."""

    expansion = 1

    def __init__(self, channels: int, planes: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, planes, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.downsample = _downsample(channels, planes, stride)

    def forward(self, x: Tensor) -> Tensor:
        out = torch.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        return torch.relu(out + self.downsample(x))


class Bottleneck(nn.Module):
    """ResNet's block of 1x1, 3x3 (which takes the stride) and 1x1."""

    expansion = 4

    def __init__(
        self,
        channels: int,
        planes: int,
        stride: int,
        groups: int = 1,
        width_per_group: int = 64,
    ) -> None:
        super().__init__()
        width = planes * width_per_group // 64 * groups
        last = planes * self.expansion
        self.conv1 = nn.Conv2d(channels, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(
            width, width, 3, stride, padding=1, groups=groups, bias=False
        )
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, last, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(last)
        self.downsample = _downsample(channels, last, stride)

    def forward(self, x: Tensor) -> Tensor:
        out = torch.relu(self.bn1(self.conv1(x)))
        out = torch.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        return torch.relu(out + self.downsample(x))


def resnet(
    block: type[BasicBlock] | type[Bottleneck], counts: Sequence[int], **options: int
) -> nn.Module:
    """ResNet with `counts` blocks in its four stages."""
    stages: dict[str, nn.Module] = {}
    channels = 64
    for index, count in enumerate(counts):
        planes = 64 * 2**index
        blocks: list[nn.Module] = []
        for position in range(count):
            stride = 2 if index and not position else 1
            blocks.append(block(channels, planes, stride, **options))
            channels = planes * block.expansion
        stages[f"layer{index + 1}"] = nn.Sequential(*blocks)
    return named(
        conv1=nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False),
        bn1=nn.BatchNorm2d(64),
        relu=nn.ReLU(),
        maxpool=nn.MaxPool2d(3, stride=2, padding=1),
        **stages,
        avgpool=nn.AdaptiveAvgPool2d(1),
        flatten=nn.Flatten(),
        fc=nn.Linear(channels, CLASSES),
    )


class DenseLayer(nn.Module):
    """DenseNet's layer, whose result is put behind its input."""

    def __init__(self, channels: int, growth: int) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv1 = nn.Conv2d(channels, 4 * growth, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(4 * growth)
        self.conv2 = nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        out = self.conv1(torch.relu(self.norm1(x)))
        out = self.conv2(torch.relu(self.norm2(out)))
        return torch.cat([x, out], 1)


def densenet(counts: Sequence[int], growth: int) -> nn.Module:
    """DenseNet-BC with `counts` layers in its dense blocks."""
    channels = 2 * growth
    features = named(
        conv0=nn.Conv2d(3, channels, 7, stride=2, padding=3, bias=False),
        norm0=nn.BatchNorm2d(channels),
        relu0=nn.ReLU(),
        pool0=nn.MaxPool2d(3, stride=2, padding=1),
    )
    for number, count in enumerate(counts, start=1):
        block = nn.Sequential()
        for position in range(1, count + 1):
            block.add_module(f"denselayer{position}", DenseLayer(channels, growth))
            channels += growth
        features.add_module(f"denseblock{number}", block)
        if number < len(counts):
            transition = named(
                norm=nn.BatchNorm2d(channels),
                relu=nn.ReLU(),
                conv=nn.Conv2d(channels, channels // 2, 1, bias=False),
                pool=nn.AvgPool2d(2),
            )
            features.add_module(f"transition{number}", transition)
            channels //= 2
    features.add_module("norm5", nn.BatchNorm2d(channels))
    return named(
        features=features,
        relu=nn.ReLU(),
        avgpool=nn.AdaptiveAvgPool2d(1),
        flatten=nn.Flatten(),
        classifier=nn.Linear(channels, CLASSES),
    )


MODELS: dict[str, Callable[[], nn.Module]] = {
    "resnet18": partial(resnet, BasicBlock, (2, 2, 2, 2)),
    "resnet34": partial(resnet, BasicBlock, (3, 4, 6, 3)),
    "resnet50": partial(resnet, Bottleneck, (3, 4, 6, 3)),
    "resnet101": partial(resnet, Bottleneck, (3, 4, 23, 3)),
    "resnet152": partial(resnet, Bottleneck, (3, 8, 36, 3)),
    "wide-resnet50-2": partial(resnet, Bottleneck, (3, 4, 6, 3), width_per_group=128),
    "resnext50-32x4d": partial(
        resnet, Bottleneck, (3, 4, 6, 3), groups=32, width_per_group=4
    ),
    "densenet121": partial(densenet, (6, 12, 24, 16), growth=32),
}
