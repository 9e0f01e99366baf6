"""Reference models of the first years: LeNet to SqueezeNet."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

import torch
from torch import Tensor, nn

from tests.peers.models.parts import (
    CLASSES,
    named,
)


def lenet5() -> nn.Module:
    """LeNet-5 with plain average pooling and a C3 that sees every map of S2."""
    return named(
        c1=nn.Conv2d(1, 6, 5),
        tanh1=nn.Tanh(),
        s2=nn.AvgPool2d(2),
        c3=nn.Conv2d(6, 16, 5),
        tanh3=nn.Tanh(),
        s4=nn.AvgPool2d(2),
        c5=nn.Conv2d(16, 120, 5),
        tanh5=nn.Tanh(),
        flatten=nn.Flatten(),
        f6=nn.Linear(120, 84),
        tanh6=nn.Tanh(),
        output=nn.Linear(84, 10),
    )


def alexnet(groups: int = 1) -> nn.Module:
    """AlexNet of 2012; with two groups, the halves that the two GPUs computed."""
    norm = partial(nn.LocalResponseNorm, 5, alpha=1e-4, beta=0.75, k=2)
    features = nn.Sequential(
        nn.Conv2d(3, 96, 11, stride=4),
        nn.ReLU(),
        norm(),
        nn.MaxPool2d(3, stride=2),
        nn.Conv2d(96, 256, 5, padding=2, groups=groups),
        nn.ReLU(),
        norm(),
        nn.MaxPool2d(3, stride=2),
        nn.Conv2d(256, 384, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(384, 384, 3, padding=1, groups=groups),
        nn.ReLU(),
        nn.Conv2d(384, 256, 3, padding=1, groups=groups),
        nn.ReLU(),
        nn.MaxPool2d(3, stride=2),
    )
    classifier = nn.Sequential(
        nn.Linear(256 * 6 * 6, 4096),
        nn.ReLU(),
        nn.Dropout(),
        nn.Linear(4096, 4096),
        nn.ReLU(),
        nn.Dropout(),
        nn.Linear(4096, CLASSES),
    )
    return named(features=features, flatten=nn.Flatten(), classifier=classifier)


def alexnet_torchvision() -> nn.Module:
    """AlexNet as torchvision has it: fewer channels, no normalisation."""
    features = nn.Sequential(
        nn.Conv2d(3, 64, 11, stride=4, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(3, stride=2),
        nn.Conv2d(64, 192, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(3, stride=2),
        nn.Conv2d(192, 384, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(384, 256, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(256, 256, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(3, stride=2),
    )
    classifier = nn.Sequential(
        nn.Dropout(),
        nn.Linear(256 * 6 * 6, 4096),
        nn.ReLU(),
        nn.Dropout(),
        nn.Linear(4096, 4096),
        nn.ReLU(),
        nn.Linear(4096, CLASSES),
    )
    return named(
        features=features,
        avgpool=nn.AdaptiveAvgPool2d(6),
        flatten=nn.Flatten(),
        classifier=classifier,
    )


def vgg(counts: Sequence[int], batch_norm: bool = False) -> nn.Module:
    """VGG with `counts` convolutions in its five stages."""
    features: list[nn.Module] = []
    channels = 3
    for width, count in zip((64, 128, 256, 512, 512), counts, strict=True):
        for _ in range(count):
            features.append(nn.Conv2d(channels, width, 3, padding=1))
            if batch_norm:
                features.append(nn.BatchNorm2d(width))
            features.append(nn.ReLU())
            channels = width
        features.append(nn.MaxPool2d(2))
    classifier = nn.Sequential(
        nn.Linear(512 * 7 * 7, 4096),
        nn.ReLU(),
        nn.Dropout(),
        nn.Linear(4096, 4096),
        nn.ReLU(),
        nn.Dropout(),
        nn.Linear(4096, CLASSES),
    )
    return named(
        features=nn.Sequential(*features),
        avgpool=nn.AdaptiveAvgPool2d(7),
        flatten=nn.Flatten(),
        classifier=classifier,
    )


def _mlpconv(widths: Sequence[int], kernel_size: int) -> list[nn.Module]:
    """Return a k x k convolution, then 1x1 convolutions, each with its relu."""
    layers: list[nn.Module] = []
    for index, (before, after) in enumerate(pairwise(widths)):
        size = 1 if index else kernel_size
        layers += [nn.Conv2d(before, after, size, padding=size // 2), nn.ReLU()]
    return layers


def nin() -> nn.Module:
    """Network in Network for CIFAR-10, its pools rounding up as the authors' do."""
    return nn.Sequential(
        *_mlpconv((3, 192, 160, 96), kernel_size=5),
        nn.MaxPool2d(3, stride=2, ceil_mode=True),
        nn.Dropout(),
        *_mlpconv((96, 192, 192, 192), kernel_size=5),
        nn.AvgPool2d(3, stride=2, ceil_mode=True),
        nn.Dropout(),
        *_mlpconv((192, 192, 192, 10), kernel_size=3),
        nn.AvgPool2d(8),
        nn.Flatten(),
    )


class Fire(nn.Module):
    """SqueezeNet's module: a narrow 1x1, then 1x1 and 3x3 beside each other."""

    def __init__(self, channels: int, squeeze: int, expand: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(channels, squeeze, 1)
        self.expand1x1 = nn.Conv2d(squeeze, expand, 1)
        self.expand3x3 = nn.Conv2d(squeeze, expand, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.squeeze(x))
        return torch.cat([self.expand1x1(x), self.expand3x3(x)], 1).relu()


def squeezenet(stem: int, size: int, pools_after: tuple[int, int]) -> nn.Module:
    """SqueezeNet; `pools_after` are the fire modules, from 2, that a pool follows."""
    pool = partial(nn.MaxPool2d, 3, stride=2, ceil_mode=True)
    features = [nn.Conv2d(3, stem, size, stride=2), nn.ReLU(), pool()]
    channels = stem
    for number in range(2, 10):
        step = number // 2
        features.append(Fire(channels, squeeze=16 * step, expand=64 * step))
        channels = 128 * step
        if number in pools_after:
            features.append(pool())
    classifier = nn.Sequential(
        nn.Dropout(),
        nn.Conv2d(channels, CLASSES, 1),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
    )
    return named(
        features=nn.Sequential(*features),
        classifier=classifier,
        flatten=nn.Flatten(),
    )


MODELS: dict[str, Callable[[], nn.Module]] = {
    "lenet5": lenet5,
    "alexnet": alexnet,
    "alexnet-grouped": partial(alexnet, groups=2),
    "alexnet-torchvision": alexnet_torchvision,
    "vgg11": partial(vgg, (1, 1, 2, 2, 2)),
    "vgg13": partial(vgg, (2, 2, 2, 2, 2)),
    "vgg16": partial(vgg, (2, 2, 3, 3, 3)),
    "vgg16-bn": partial(vgg, (2, 2, 3, 3, 3), batch_norm=True),
    "vgg19": partial(vgg, (2, 2, 4, 4, 4)),
    "nin": nin,
    "squeezenet1-0": partial(squeezenet, 96, 7, pools_after=(4, 8)),
    "squeezenet1-1": partial(squeezenet, 64, 3, pools_after=(3, 5)),
}
