"""Reference models of the Inception family."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from tests.peers.models.parts import CLASSES, named


class BasicConv2d(nn.Module):
    """Convolution without bias, batch norm and relu, as both Inceptions use it."""

    def __init__(
        self,
        channels: int,
        width: int,
        size: int | tuple[int, int] = 1,
        stride: int = 1,
        padding: int | tuple[int, int] = 0,
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, width, size, stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(width, eps=0.001)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.bn(self.conv(x)))


class Inception(nn.Module):
    """GoogLeNet's module, with torchvision's 3x3 in place of the paper's 5x5."""

    def __init__(
        self,
        channels: int,
        ch1x1: int,
        ch3x3: tuple[int, int],
        ch5x5: tuple[int, int],
        pool_proj: int,
    ) -> None:
        super().__init__()
        self.branch1 = BasicConv2d(channels, ch1x1)
        self.branch2 = nn.Sequential(
            BasicConv2d(channels, ch3x3[0]), BasicConv2d(*ch3x3, 3, padding=1)
        )
        self.branch3 = nn.Sequential(
            BasicConv2d(channels, ch5x5[0]), BasicConv2d(*ch5x5, 3, padding=1)
        )
        self.branch4 = nn.Sequential(
            nn.MaxPool2d(3, stride=1, padding=1, ceil_mode=True),
            BasicConv2d(channels, pool_proj),
        )

    def forward(self, x: Tensor) -> Tensor:
        branches = (self.branch1, self.branch2, self.branch3, self.branch4)
        return torch.cat([branch(x) for branch in branches], 1)


def googlenet() -> nn.Module:
    """GoogLeNet as torchvision has it, with batch norm."""
    return named(
        conv1=BasicConv2d(3, 64, 7, stride=2, padding=3),
        maxpool1=nn.MaxPool2d(3, stride=2, ceil_mode=True),
        conv2=BasicConv2d(64, 64),
        conv3=BasicConv2d(64, 192, 3, padding=1),
        maxpool2=nn.MaxPool2d(3, stride=2, ceil_mode=True),
        inception3a=Inception(192, 64, (96, 128), (16, 32), 32),
        inception3b=Inception(256, 128, (128, 192), (32, 96), 64),
        maxpool3=nn.MaxPool2d(3, stride=2, ceil_mode=True),
        inception4a=Inception(480, 192, (96, 208), (16, 48), 64),
        inception4b=Inception(512, 160, (112, 224), (24, 64), 64),
        inception4c=Inception(512, 128, (128, 256), (24, 64), 64),
        inception4d=Inception(512, 112, (144, 288), (32, 64), 64),
        inception4e=Inception(528, 256, (160, 320), (32, 128), 128),
        maxpool4=nn.MaxPool2d(2, stride=2, ceil_mode=True),
        inception5a=Inception(832, 256, (160, 320), (32, 128), 128),
        inception5b=Inception(832, 384, (192, 384), (48, 128), 128),
        avgpool=nn.AdaptiveAvgPool2d(1),
        flatten=nn.Flatten(),
        dropout=nn.Dropout(0.2),
        fc=nn.Linear(1024, CLASSES),
    )


def _row(channels: int, width: int, size: int) -> BasicConv2d:
    return BasicConv2d(channels, width, (1, size), padding=(0, size // 2))


def _column(channels: int, width: int, size: int) -> BasicConv2d:
    return BasicConv2d(channels, width, (size, 1), padding=(size // 2, 0))


class InceptionA(nn.Module):
    """Inception v3 at 35x35."""

    def __init__(self, channels: int, pool_features: int) -> None:
        super().__init__()
        self.branch1x1 = BasicConv2d(channels, 64)
        self.branch5x5_1 = BasicConv2d(channels, 48)
        self.branch5x5_2 = BasicConv2d(48, 64, 5, padding=2)
        self.branch3x3dbl_1 = BasicConv2d(channels, 64)
        self.branch3x3dbl_2 = BasicConv2d(64, 96, 3, padding=1)
        self.branch3x3dbl_3 = BasicConv2d(96, 96, 3, padding=1)
        self.pool = nn.AvgPool2d(3, stride=1, padding=1)
        self.branch_pool = BasicConv2d(channels, pool_features)

    def forward(self, x: Tensor) -> Tensor:
        one = self.branch1x1(x)
        five = self.branch5x5_2(self.branch5x5_1(x))
        three = self.branch3x3dbl_2(self.branch3x3dbl_1(x))
        three = self.branch3x3dbl_3(three)
        return torch.cat([one, five, three, self.branch_pool(self.pool(x))], 1)


class InceptionB(nn.Module):
    """Inception v3's step from 35x35 to 17x17."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.branch3x3 = BasicConv2d(channels, 384, 3, stride=2)
        self.branch3x3dbl_1 = BasicConv2d(channels, 64)
        self.branch3x3dbl_2 = BasicConv2d(64, 96, 3, padding=1)
        self.branch3x3dbl_3 = BasicConv2d(96, 96, 3, stride=2)
        self.pool = nn.MaxPool2d(3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        single = self.branch3x3(x)
        double = self.branch3x3dbl_2(self.branch3x3dbl_1(x))
        double = self.branch3x3dbl_3(double)
        return torch.cat([single, double, self.pool(x)], 1)


class InceptionC(nn.Module):
    """Inception v3 at 17x17: 7x7 as a row and a column."""

    def __init__(self, channels: int, c7: int) -> None:
        super().__init__()
        self.branch1x1 = BasicConv2d(channels, 192)
        self.branch7x7_1 = BasicConv2d(channels, c7)
        self.branch7x7_2 = _row(c7, c7, 7)
        self.branch7x7_3 = _column(c7, 192, 7)
        self.branch7x7dbl_1 = BasicConv2d(channels, c7)
        self.branch7x7dbl_2 = _column(c7, c7, 7)
        self.branch7x7dbl_3 = _row(c7, c7, 7)
        self.branch7x7dbl_4 = _column(c7, c7, 7)
        self.branch7x7dbl_5 = _row(c7, 192, 7)
        self.pool = nn.AvgPool2d(3, stride=1, padding=1)
        self.branch_pool = BasicConv2d(channels, 192)

    def forward(self, x: Tensor) -> Tensor:
        one = self.branch1x1(x)
        single = self.branch7x7_3(self.branch7x7_2(self.branch7x7_1(x)))
        double = self.branch7x7dbl_3(self.branch7x7dbl_2(self.branch7x7dbl_1(x)))
        double = self.branch7x7dbl_5(self.branch7x7dbl_4(double))
        return torch.cat([one, single, double, self.branch_pool(self.pool(x))], 1)


class InceptionD(nn.Module):
    """Inception v3's step from 17x17 to 8x8."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.branch3x3_1 = BasicConv2d(channels, 192)
        self.branch3x3_2 = BasicConv2d(192, 320, 3, stride=2)
        self.branch7x7x3_1 = BasicConv2d(channels, 192)
        self.branch7x7x3_2 = _row(192, 192, 7)
        self.branch7x7x3_3 = _column(192, 192, 7)
        self.branch7x7x3_4 = BasicConv2d(192, 192, 3, stride=2)
        self.pool = nn.MaxPool2d(3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        three = self.branch3x3_2(self.branch3x3_1(x))
        seven = self.branch7x7x3_3(self.branch7x7x3_2(self.branch7x7x3_1(x)))
        seven = self.branch7x7x3_4(seven)
        return torch.cat([three, seven, self.pool(x)], 1)


class InceptionE(nn.Module):
    """Inception v3 at 8x8: branches that end in a row beside a column."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.branch1x1 = BasicConv2d(channels, 320)
        self.branch3x3_1 = BasicConv2d(channels, 384)
        self.branch3x3_2a = _row(384, 384, 3)
        self.branch3x3_2b = _column(384, 384, 3)
        self.branch3x3dbl_1 = BasicConv2d(channels, 448)
        self.branch3x3dbl_2 = BasicConv2d(448, 384, 3, padding=1)
        self.branch3x3dbl_3a = _row(384, 384, 3)
        self.branch3x3dbl_3b = _column(384, 384, 3)
        self.pool = nn.AvgPool2d(3, stride=1, padding=1)
        self.branch_pool = BasicConv2d(channels, 192)

    def forward(self, x: Tensor) -> Tensor:
        one = self.branch1x1(x)
        single = self.branch3x3_1(x)
        singles = [self.branch3x3_2a(single), self.branch3x3_2b(single)]
        double = self.branch3x3dbl_2(self.branch3x3dbl_1(x))
        doubles = [self.branch3x3dbl_3a(double), self.branch3x3dbl_3b(double)]
        pooled = self.branch_pool(self.pool(x))
        return torch.cat([one, *singles, *doubles, pooled], 1)


def inception_v3() -> nn.Module:
    """Inception v3 as torchvision has it, for 299x299."""
    return named(
        Conv2d_1a_3x3=BasicConv2d(3, 32, 3, stride=2),
        Conv2d_2a_3x3=BasicConv2d(32, 32, 3),
        Conv2d_2b_3x3=BasicConv2d(32, 64, 3, padding=1),
        maxpool1=nn.MaxPool2d(3, stride=2),
        Conv2d_3b_1x1=BasicConv2d(64, 80),
        Conv2d_4a_3x3=BasicConv2d(80, 192, 3),
        maxpool2=nn.MaxPool2d(3, stride=2),
        Mixed_5b=InceptionA(192, pool_features=32),
        Mixed_5c=InceptionA(256, pool_features=64),
        Mixed_5d=InceptionA(288, pool_features=64),
        Mixed_6a=InceptionB(288),
        Mixed_6b=InceptionC(768, c7=128),
        Mixed_6c=InceptionC(768, c7=160),
        Mixed_6d=InceptionC(768, c7=160),
        Mixed_6e=InceptionC(768, c7=192),
        Mixed_7a=InceptionD(768),
        Mixed_7b=InceptionE(1280),
        Mixed_7c=InceptionE(2048),
        avgpool=nn.AdaptiveAvgPool2d(1),
        dropout=nn.Dropout(),
        flatten=nn.Flatten(),
        fc=nn.Linear(2048, CLASSES),
    )


MODELS: dict[str, Callable[[], nn.Module]] = {
    "googlenet": googlenet,
    "inception-v3": inception_v3,
}
