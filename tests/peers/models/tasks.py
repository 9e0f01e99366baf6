"""Reference models beyond ImageNet: segmentation, generation, sound and video."""

from collections.abc import Callable
from functools import partial
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class UNet(nn.Module):
    """Ronneberger et al.'s U-Net; the paper's convolutions have a padding of 0."""

    def __init__(self, padding: int) -> None:
        super().__init__()
        widths = [64, 128, 256, 512]

        def convs(in_channels: int, out_channels: int) -> nn.Sequential:
            return nn.Sequential(
                nn.Conv2d(in_channels, out_channels, 3, padding=padding),
                nn.ReLU(),
                nn.Conv2d(out_channels, out_channels, 3, padding=padding),
                nn.ReLU(),
            )

        self.encoder = nn.ModuleList(map(convs, [1, *widths], widths))
        self.bottom = convs(512, 1024)
        self.ups = nn.ModuleList(
            nn.ConvTranspose2d(2 * width, width, 2, stride=2)
            for width in reversed(widths)
        )
        self.decoder = nn.ModuleList(
            convs(2 * width, width) for width in reversed(widths)
        )
        self.score = nn.Conv2d(64, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        skips = []
        for convs in self.encoder:
            x = convs(x)
            skips.append(x)
            x = F.max_pool2d(x, 2)
        x = self.bottom(x)
        for up, convs in zip(self.ups, self.decoder, strict=True):
            x = up(x)
            skip = skips.pop()
            margin = (skip.shape[-1] - x.shape[-1]) // 2
            x = convs(torch.cat([x, F.pad(skip, [-margin] * 4)], dim=1))
        scores: Tensor = self.score(x)
        return scores


def dcgan_generator() -> nn.Module:
    """Build the generator of PyTorch's DCGAN tutorial."""
    deconv = partial(nn.ConvTranspose2d, kernel_size=4, bias=False)
    layers: list[nn.Module] = [deconv(100, 512)]
    for width in [512, 256, 128, 64]:
        layers += [
            nn.BatchNorm2d(width),
            nn.ReLU(),
            deconv(width, width // 2 if width > 64 else 3, stride=2, padding=1),
        ]
    return nn.Sequential(*layers, nn.Tanh())


def conv_autoencoder() -> nn.Module:
    """Build the convolutional autoencoder of Keras' blog."""
    conv = partial(nn.Conv2d, kernel_size=3, padding=1)
    pool = partial(nn.MaxPool2d, 2, ceil_mode=True)
    up = partial(nn.Upsample, scale_factor=2)
    encoder = [
        *(conv(1, 16), nn.ReLU(), pool()),
        *(conv(16, 8), nn.ReLU(), pool()),
        *(conv(8, 8), nn.ReLU(), pool()),
    ]
    decoder = [
        *(conv(8, 8), nn.ReLU(), up()),
        *(conv(8, 8), nn.ReLU(), up()),
        *(conv(8, 16, padding=0), nn.ReLU(), up()),
        *(conv(16, 1), nn.Sigmoid()),
    ]
    return nn.Sequential(*encoder, *decoder)


def mnist_9216() -> nn.Module:
    """Build the network of PyTorch's MNIST example."""
    return nn.Sequential(
        nn.Conv2d(1, 32, 3),
        nn.ReLU(),
        nn.Conv2d(32, 64, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Dropout(0.25),
        nn.Flatten(),
        nn.Linear(9216, 128),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(128, 10),
        nn.LogSoftmax(dim=1),
    )


def cifar10_quick() -> nn.Module:
    """Build Caffe's cifar10_quick, whose pooling rounds sizes up."""
    return nn.Sequential(
        nn.Conv2d(3, 32, 5, padding=2),
        nn.MaxPool2d(3, 2, ceil_mode=True),
        nn.ReLU(),
        nn.Conv2d(32, 32, 5, padding=2),
        nn.ReLU(),
        nn.AvgPool2d(3, 2, ceil_mode=True),
        nn.Conv2d(32, 64, 5, padding=2),
        nn.ReLU(),
        nn.AvgPool2d(3, 2, ceil_mode=True),
        nn.Flatten(),
        nn.Linear(1024, 64),
        nn.Linear(64, 10),
        nn.Softmax(dim=1),
    )


def conv1d_audio() -> nn.Module:
    """Build M5 with the widths of torchaudio's speech command tutorial."""
    layers: list[nn.Module] = []
    for in_channels, out_channels, kernel_size, stride in [
        (1, 32, 80, 16),
        (32, 32, 3, 1),
        (32, 64, 3, 1),
        (64, 64, 3, 1),
    ]:
        layers += [
            nn.Conv1d(in_channels, out_channels, kernel_size, stride),
            nn.BatchNorm1d(out_channels),
            nn.ReLU(),
            nn.MaxPool1d(4),
        ]
    return nn.Sequential(
        *layers,
        nn.AdaptiveAvgPool1d(1),
        nn.Flatten(),
        nn.Linear(64, 35),
        nn.LogSoftmax(dim=1),
    )


def conv3d_video() -> nn.Module:
    """Build C3D as its authors' Caffe model has it, for 487 classes."""

    def convs(*widths: int) -> list[nn.Module]:
        layers = [
            (nn.Conv3d(*pair, 3, padding=1), nn.ReLU()) for pair in pairwise(widths)
        ]
        return [module for layer in layers for module in layer]

    return nn.Sequential(
        *convs(3, 64),
        nn.MaxPool3d((1, 2, 2)),
        *convs(64, 128),
        nn.MaxPool3d(2),
        *convs(128, 256, 256),
        nn.MaxPool3d(2),
        *convs(256, 512, 512),
        nn.MaxPool3d(2),
        *convs(512, 512, 512),
        nn.MaxPool3d(2, ceil_mode=True),
        nn.Flatten(),
        nn.Linear(8192, 4096),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(4096, 4096),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(4096, 487),
    )


MODELS: dict[str, Callable[[], nn.Module]] = {
    "unet": partial(UNet, padding=0),
    "unet-padded": partial(UNet, padding=1),
    "dcgan-generator": dcgan_generator,
    "conv-autoencoder": conv_autoencoder,
    "mnist-9216": mnist_9216,
    "cifar10-quick": cifar10_quick,
    "conv1d-audio": conv1d_audio,
    "conv3d-video": conv3d_video,
}
