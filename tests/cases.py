"""The table: what every layer does to a shape, and what it refuses.

Core, preview, exporters and README iterate over it. It is long because it is one table;
no number in it was computed by this program.
"""

from __future__ import annotations

from dataclasses import dataclass

from tuicnn.core.diagnostics import Code
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers.activation import (
    Celu,
    Elu,
    Gelu,
    Glu,
    Hardsigmoid,
    Hardswish,
    Hardtanh,
    Identity,
    LeakyRelu,
    LogSigmoid,
    LogSoftmax,
    Mish,
    Prelu,
    Relu,
    Relu6,
    Selu,
    Sigmoid,
    Silu,
    Softmax,
    Softplus,
    Softsign,
    Tanh,
)
from tuicnn.core.layers.conv import (
    Conv1d,
    Conv2d,
    Conv3d,
    ConvTranspose1d,
    ConvTranspose2d,
    ConvTranspose3d,
    DepthwiseConv2d,
    SeparableConv2d,
)
from tuicnn.core.layers.dense import Linear
from tuicnn.core.layers.norm import (
    BatchNorm,
    GroupNorm,
    InstanceNorm,
    LayerNorm,
    LayerNorm2d,
    LocalResponseNorm,
    RmsNorm,
)
from tuicnn.core.layers.pool import (
    AdaptiveAvgPool1d,
    AdaptiveAvgPool2d,
    AdaptiveAvgPool3d,
    AdaptiveMaxPool1d,
    AdaptiveMaxPool2d,
    AdaptiveMaxPool3d,
    AvgPool1d,
    AvgPool2d,
    AvgPool3d,
    GlobalAvgPool,
    GlobalMaxPool,
    LpPool1d,
    LpPool2d,
    MaxPool1d,
    MaxPool2d,
    MaxPool3d,
)
from tuicnn.core.layers.regularization import Dropout, Dropout2d, LayerScale
from tuicnn.core.layers.shaping import (
    ChannelShuffle,
    Crop,
    Flatten,
    Pad,
    Permute,
    PixelShuffle,
    PixelUnshuffle,
    Reshape,
    Unflatten,
    Upsample,
)
from tuicnn.core.shapes import Shape, spell

Document = dict[str, object]


def titled(layer: LayerSpec, entering: Shape) -> str:
    """Return a layer and what enters it as a test's id."""
    fields = ", ".join(f"{name}={value}" for name, value in layer.own_fields().items())
    return f"{layer.type}({fields}) on {spell(entering)}".replace("×", "x")


@dataclass(frozen=True)
class Case:
    """A layer, the sample that enters, and what must follow.

    Attributes:
        parameters: Numbers that are learnt.
        macs: Multiplications by weights for one sample.
        source: Where the figures come from; empty: the layer's definition.
        buffers: Numbers that are kept, but not learnt.
    """

    layer: LayerSpec
    entering: Shape
    leaving: Shape
    parameters: int = 0
    macs: int = 0
    source: str = ""
    buffers: int = 0

    def __str__(self) -> str:
        return titled(self.layer, self.entering)


@dataclass(frozen=True)
class StepCase:
    """A number that must stand in the derivation of a layer."""

    layer: LayerSpec
    entering: Shape
    quantity: str
    value: int
    source: str = ""

    def __str__(self) -> str:
        return f"{self.quantity} of {titled(self.layer, self.entering)}"


@dataclass(frozen=True)
class TensorCase:
    """A layer, and the shape of each tensor it learns or keeps, by PyTorch's name."""

    layer: LayerSpec
    entering: Shape
    tensors: dict[str, Shape]

    def __str__(self) -> str:
        return titled(self.layer, self.entering)


@dataclass(frozen=True)
class RefusalCase:
    """A layer, and a sample that it cannot take."""

    layer: LayerSpec
    entering: Shape
    code: Code
    field: str | None

    def __str__(self) -> str:
        return f"{self.code.code}: {titled(self.layer, self.entering)}"


@dataclass(frozen=True)
class NetworkCase:
    """A document with structure, and what must follow."""

    title: str
    document: Document
    leaving: Shape
    parameters: int
    macs: int

    def __str__(self) -> str:
        return self.title


@dataclass(frozen=True)
class NetworkRefusalCase:
    """A document with structure that cannot be: one error, at one layer."""

    title: str
    document: Document
    code: Code
    path: str
    field: str | None

    def __str__(self) -> str:
        return f"{self.code.code}: {self.title}"


@dataclass(frozen=True)
class PublishedCase:
    """A preset, and the counts that its source states."""

    preset: str
    parameters: int
    macs: int | None
    source: str

    def __str__(self) -> str:
        return self.preset


# A row is a row.
# fmt: off

CONVOLUTIONS = (
    Case(Conv2d(out_channels=96, kernel_size=11, stride=4),
         (3, 227, 227), (96, 55, 55), 34_944, 105_415_200, "AlexNet conv1"),
    Case(Conv2d(out_channels=96, kernel_size=11, stride=4, padding=2),
         (3, 224, 224), (96, 55, 55), 34_944, 105_415_200, "AlexNet conv1, padded"),
    Case(Conv2d(out_channels=96, kernel_size=11, stride=4),
         (3, 224, 224), (96, 54, 54), 34_944, 101_616_768,
         "AlexNet conv1 on the 224 that the paper prints"),
    Case(Conv2d(out_channels=32, kernel_size=5),
         (1, 28, 28), (32, 24, 24), 832, 460_800, "Lasagne's MNIST tutorial"),
    Case(Conv2d(out_channels=10, kernel_size=1), (32, 7, 7), (10, 7, 7), 330, 15_680),
    Case(Conv2d(in_channels=3, out_channels=8, kernel_size=3, padding="valid"),
         (3, 10, 10), (8, 8, 8), 224, 13_824),
    Case(Conv2d(out_channels=4, kernel_size=(1, 7), padding=(0, 3)),
         (8, 17, 17), (4, 17, 17), 228, 64_736, "Inception v3's row"),
    Case(Conv2d(out_channels=64, kernel_size=7, stride=2, padding=3, bias=False),
         (3, 224, 224), (64, 112, 112), 9_408, 118_013_952,
         "PyTorch: (3, 3), the size of TensorFlow's (2, 3) in another phase"),
    Case(Conv2d(out_channels=64, kernel_size=7, stride=2, padding=((2, 3), (2, 3)),
                bias=False), (3, 224, 224), (64, 112, 112), 9_408, 118_013_952,
         "SAME, written out"),
    Case(Conv2d(out_channels=64, kernel_size=7, stride=2, padding="same", bias=False),
         (3, 224, 224), (64, 112, 112), 9_408, 118_013_952, "TensorFlow SAME"),
    Case(Conv2d(out_channels=8, kernel_size=3, stride=2, padding="same"),
         (3, 224, 224), (8, 112, 112), 224, 2_709_504, "TensorFlow SAME"),
    # SAME_LOWER would be (1, 0): the same size.
    Case(Conv2d(out_channels=8, kernel_size=3, stride=2, padding=((1, 0), (1, 0))),
         (3, 224, 224), (8, 112, 112), 224, 2_709_504, "ONNX SAME_LOWER, written out"),
    Case(Conv2d(out_channels=1, kernel_size=4, padding="same"),
         (1, 10, 10), (1, 10, 10), 17, 1_600, "TensorFlow SAME, an even kernel"),
    Case(Conv2d(out_channels=1, kernel_size=2, stride=3, padding="same"),
         (1, 5, 5), (1, 2, 2), 5, 16, "TensorFlow SAME, nothing to pad"),
    # Fabrik would say 18,496 parameters.
    Case(Conv2d(out_channels=64, kernel_size=3, groups=4),
         (32, 8, 8), (64, 6, 6), 4_672, 165_888, "PyTorch: grouped"),
    Case(Conv2d(out_channels=1, kernel_size=3, dilation=2),
         (1, 9, 9), (1, 5, 5), 10, 225),
    Case(Conv2d(out_channels=2, kernel_size=3, stride=(2, 1), dilation=(1, 2)),
         (1, 9, 9), (2, 4, 5), 20, 360),
    Case(Conv2d(out_channels=1, kernel_size=3, stride=2),
         (1, 8, 8), (1, 3, 3), 10, 81, "rounds down: the last row is not read"),
    Case(Conv2d(out_channels=1, kernel_size=2, stride=3),
         (1, 8, 8), (1, 3, 3), 5, 36, "a stride larger than the kernel"),
    Case(Conv2d(out_channels=1, kernel_size=3, padding=1, padding_mode="reflect"),
         (1, 4, 4), (1, 4, 4), 10, 144),
    Case(Conv2d(out_channels=1, kernel_size=3, padding=5, padding_mode="replicate"),
         (1, 4, 4), (1, 12, 12), 10, 1_296),
    Case(Conv2d(out_channels=1, kernel_size=3, padding=4, padding_mode="circular"),
         (1, 4, 4), (1, 10, 10), 10, 900, "PyTorch: wraps at most the map itself"),
    Case(Conv1d(out_channels=32, kernel_size=80, stride=16),
         (1, 8000), (32, 496), 2_592, 1_269_760, "M5, torchaudio's tutorial"),
    Case(Conv1d(out_channels=4, kernel_size=3, padding="same", dilation=2),
         (2, 10), (4, 10), 28, 240),
    Case(Conv1d(out_channels=1, kernel_size=3, padding=((4, 0),), dilation=2),
         (1, 10), (1, 10), 4, 30, "Keras' causal padding, written out"),
    Case(Conv1d(out_channels=6, kernel_size=3, groups=3, bias=False),
         (3, 8), (6, 6), 18, 108),
    Case(Conv3d(out_channels=8, kernel_size=3, padding=1),
         (3, 4, 8, 8), (8, 4, 8, 8), 656, 165_888),
    Case(Conv3d(out_channels=2, kernel_size=(1, 2, 3), stride=(1, 2, 2),
                padding=((0, 0), (0, 1), (1, 2))), (1, 3, 5, 6), (2, 3, 3, 4), 14, 432),
    Case(Conv3d(out_channels=4, kernel_size=3, stride=2, padding="same", groups=2,
                bias=False), (4, 5, 6, 7), (4, 3, 3, 4), 216, 7_776),
    Case(ConvTranspose2d(out_channels=32, kernel_size=4, stride=2, padding=1),
         (64, 25, 25), (32, 50, 50), 32_800, 20_480_000, "PyTorch"),
    Case(ConvTranspose2d(out_channels=1, kernel_size=3, stride=2, padding=1),
         (1, 16, 16), (1, 31, 31), 10, 2_304, "PyTorch"),
    Case(ConvTranspose2d(out_channels=1, kernel_size=3, stride=2, padding=1,
                         output_padding=1), (1, 16, 16), (1, 32, 32), 10, 2_304,
         "PyTorch"),
    Case(ConvTranspose2d(out_channels=1, kernel_size=4, stride=2, padding=1),
         (1, 50, 50), (1, 100, 100), 17, 40_000, "PyTorch"),
    # Old thop says 192, old ptflops and torchinfo's formula 208.
    Case(ConvTranspose2d(out_channels=1, kernel_size=2, stride=2),
         (3, 2, 2), (1, 4, 4), 13, 48, "input positions, by definition"),
    Case(ConvTranspose2d(out_channels=1, kernel_size=3, stride=2, padding="same"),
         (1, 13, 13), (1, 26, 26), 10, 1_521, "Keras"),
    Case(ConvTranspose2d(out_channels=1, kernel_size=3, stride=2, padding="same",
                         output_padding=0), (1, 13, 13), (1, 25, 25), 10, 1_521,
         "Keras: 0 is not None"),
    Case(ConvTranspose2d(out_channels=1, kernel_size=2, stride=3, padding="valid"),
         (1, 5, 5), (1, 15, 15), 5, 100, "Keras"),
    Case(ConvTranspose2d(out_channels=1, kernel_size=2, stride=3, padding="valid",
                         output_padding=0), (1, 5, 5), (1, 14, 14), 5, 100,
         "Keras: 0 is not None"),
    Case(ConvTranspose2d(out_channels=1, kernel_size=2, stride=3, padding="same"),
         (1, 5, 5), (1, 15, 15), 5, 100, "Keras: the stride times the size"),
    Case(ConvTranspose2d(out_channels=1, kernel_size=3, stride=2,
                         padding=((0, 1), (1, 0))), (1, 4, 4), (1, 8, 8), 10, 144,
         "ONNX: pads per side"),
    Case(ConvTranspose2d(out_channels=1, kernel_size=2, dilation=3, output_padding=2),
         (1, 3, 3), (1, 8, 8), 5, 36,
         "PyTorch: smaller than either stride or dilation"),
    Case(ConvTranspose1d(out_channels=4, kernel_size=4, stride=2, padding=1),
         (2, 8), (4, 16), 36, 256),
    Case(ConvTranspose1d(out_channels=4, kernel_size=3, dilation=2, groups=2,
                         bias=False), (2, 5), (4, 9), 12, 60),
    Case(ConvTranspose3d(out_channels=2, kernel_size=2, stride=2),
         (3, 2, 3, 4), (2, 4, 6, 8), 50, 1_152),
    Case(ConvTranspose3d(in_channels=1, out_channels=1, kernel_size=3, stride=2,
                         padding=1, output_padding=(0, 1, 1)), (1, 2, 2, 2),
         (1, 3, 4, 4), 28, 216),
    Case(DepthwiseConv2d(kernel_size=3, depth_multiplier=2),
         (4, 6, 6), (8, 4, 4), 80, 1_152, "Keras: a bias for each output"),
    Case(DepthwiseConv2d(kernel_size=3), (32, 8, 8), (32, 6, 6), 320, 10_368),
    Case(DepthwiseConv2d(in_channels=3, kernel_size=3, stride=2, padding="same",
                         depth_multiplier=2, bias=False), (3, 5, 5), (6, 3, 3), 54,
         486),
    Case(DepthwiseConv2d(kernel_size=3, padding=2, dilation=2,
                         padding_mode="replicate"), (4, 6, 6), (4, 6, 6), 40, 1_296),
    Case(SeparableConv2d(out_channels=64, kernel_size=3),
         (32, 8, 8), (64, 6, 6), 2_400, 84_096, "Keras: 288 + 2,048 + 64"),
    Case(SeparableConv2d(in_channels=4, out_channels=8, kernel_size=3, padding="same",
                         depth_multiplier=2, bias=False), (4, 6, 6), (8, 6, 6), 136,
         4_896),
)

POOLS = (
    Case(MaxPool2d(kernel_size=3, stride=2),
         (256, 13, 13), (256, 6, 6), source="AlexNet's tail"),
    Case(MaxPool2d(kernel_size=2), (32, 24, 24), (32, 12, 12)),
    Case(MaxPool2d(kernel_size=(2, 1), stride=(1, 2), padding=(1, 0)),
         (2, 5, 5), (2, 6, 3)),
    Case(MaxPool2d(kernel_size=3, stride=1, dilation=2), (1, 9, 9), (1, 5, 5)),
    Case(MaxPool2d(kernel_size=3, stride=2, padding="same"),
         (1, 224, 224), (1, 112, 112), source="TensorFlow SAME"),
    Case(MaxPool2d(kernel_size=3, stride=2, padding="valid"), (1, 9, 9), (1, 4, 4)),
    Case(MaxPool2d(kernel_size=3, stride=2, padding=((0, 1), (0, 1))),
         (1, 224, 224), (1, 112, 112), source="SAME, written out"),
    Case(MaxPool2d(kernel_size=3, stride=2, ceil_mode=True),
         (64, 112, 112), (64, 56, 56), source="PyTorch; 55 rounded down"),
    Case(MaxPool2d(kernel_size=3, stride=2), (64, 112, 112), (64, 55, 55)),
    # ONNX up to opset 21 says 4.
    Case(MaxPool1d(kernel_size=4, stride=4, padding=2, ceil_mode=True),
         (1, 9), (1, 3), source="PyTorch, ONNX from opset 22"),
    Case(MaxPool1d(kernel_size=3, stride=3, padding=1, ceil_mode=True),
         (1, 2), (1, 1), source="PyTorch, ONNX from opset 22"),
    # ONNX up to opset 21 says 7.
    Case(MaxPool1d(kernel_size=1, stride=2, ceil_mode=True),
         (1, 12), (1, 6), source="PyTorch, ONNX from opset 22"),
    Case(MaxPool1d(kernel_size=3, stride=2, ceil_mode=True),
         (1, 6), (1, 3), source="PyTorch"),
    # The formula in PyTorch's docstring says 4.
    Case(MaxPool1d(kernel_size=5, stride=2, ceil_mode=True),
         (1, 9), (1, 3), source="PyTorch"),
    Case(MaxPool1d(kernel_size=3, stride=2, ceil_mode=True),
         (1, 2), (1, 1), source="PyTorch: one window, though incomplete"),
    # ONNX' VALID text agrees, its code says 3.
    Case(MaxPool1d(kernel_size=2, stride=2, padding="valid"),
         (1, 5), (1, 2), source="ONNX VALID, by its text"),
    Case(MaxPool1d(kernel_size=4), (32, 496), (32, 124), source="M5"),
    Case(MaxPool3d(kernel_size=(1, 2, 2)),
         (2, 4, 6, 6), (2, 4, 3, 3), source="C3D's first pool"),
    Case(MaxPool3d(kernel_size=2, ceil_mode=True),
         (512, 2, 7, 7), (512, 1, 4, 4), source="C3D's last pool"),
    Case(MaxPool3d(kernel_size=3, stride=1, padding=1, dilation=(1, 2, 1)),
         (1, 4, 5, 6), (1, 4, 3, 6)),
    Case(AvgPool1d(kernel_size=3, stride=2, padding=1, count_include_pad=False),
         (2, 7), (2, 4)),
    Case(AvgPool1d(kernel_size=3, stride=2, ceil_mode=True),
         (1, 6), (1, 3), source="PyTorch: the last divisor is 2"),
    Case(AvgPool2d(kernel_size=2), (6, 28, 28), (6, 14, 14), source="LeNet-5's S2"),
    Case(AvgPool2d(kernel_size=3, stride=1, padding=1, divisor_override=4),
         (2, 6, 6), (2, 6, 6)),
    Case(AvgPool2d(kernel_size=(3, 2), stride=2, padding="same"), (2, 7, 8), (2, 4, 4)),
    Case(AvgPool2d(kernel_size=3, stride=2, padding=((1, 0), (0, 1))),
         (1, 6, 6), (1, 3, 3)),
    Case(AvgPool3d(kernel_size=2, stride=1, divisor_override=8),
         (1, 3, 4, 5), (1, 2, 3, 4)),
    Case(AvgPool3d(kernel_size=3, stride=2, padding=1, ceil_mode=True),
         (1, 4, 5, 6), (1, 3, 3, 4)),
    Case(LpPool1d(norm_type=2, kernel_size=3, stride=2), (2, 8), (2, 3)),
    Case(LpPool1d(norm_type=1.5, kernel_size=3, stride=2, ceil_mode=True),
         (2, 8), (2, 4)),
    Case(LpPool2d(norm_type=2, kernel_size=(2, 3)), (2, 7, 7), (2, 3, 2)),
    Case(AdaptiveAvgPool1d(output_size=4), (1, 10), (1, 4), source="PyTorch"),
    Case(AdaptiveAvgPool2d(output_size=(6, 6)), (256, 6, 6), (256, 6, 6)),
    Case(AdaptiveAvgPool2d(output_size=(None, 7)),
         (3, 5, 12), (3, 5, 7), source="PyTorch: None keeps the axis"),
    Case(AdaptiveAvgPool2d(output_size=None), (3, 5, 12), (3, 5, 12)),
    Case(AdaptiveAvgPool3d(output_size=1), (4, 3, 5, 7), (4, 1, 1, 1)),
    Case(AdaptiveMaxPool1d(output_size=7),
         (2, 3), (2, 7), source="PyTorch: more bins than cells repeat them"),
    Case(AdaptiveMaxPool2d(output_size=3), (2, 7, 8), (2, 3, 3)),
    Case(AdaptiveMaxPool3d(output_size=(2, None, 3)), (2, 5, 4, 7), (2, 2, 4, 3)),
    Case(GlobalAvgPool(), (1024, 7, 7), (1024, 1, 1), source="PyTorch and ONNX keep"),
    Case(GlobalAvgPool(keepdim=False), (1024, 7, 7), (1024,), source="Keras drops"),
    Case(GlobalAvgPool(), (8, 31), (8, 1)),
    Case(GlobalMaxPool(), (4, 2, 3, 5), (4, 1, 1, 1)),
    Case(GlobalMaxPool(keepdim=False), (4, 2, 3, 5), (4,)),
)

NORMS = (
    # Keras counts the 128 statistics as parameters that are not trained.
    Case(BatchNorm(),
         (64, 8, 8), (64, 8, 8), 128, buffers=128,
         source="PyTorch, num_batches_tracked left out"),
    Case(BatchNorm(num_features=10), (10,), (10,), 20, buffers=20),
    Case(BatchNorm(affine=False), (6, 9), (6, 9), buffers=12),
    Case(BatchNorm(track_running_stats=False, momentum=None),
         (6, 2, 3, 4), (6, 2, 3, 4), 12),
    Case(InstanceNorm(), (6, 4, 4), (6, 4, 4)),
    Case(InstanceNorm(affine=True), (6, 9), (6, 9), 12),
    Case(InstanceNorm(num_features=6, track_running_stats=True),
         (6, 2, 3, 4), (6, 2, 3, 4), buffers=12),
    Case(GroupNorm(num_groups=8), (32, 4, 4), (32, 4, 4), 64),
    Case(GroupNorm(num_groups=2, num_channels=6, affine=False), (6, 9), (6, 9)),
    Case(GroupNorm(num_groups=3), (6,), (6,), 12),
    Case(LayerNorm(), (3, 4, 5), (3, 4, 5), 120),
    Case(LayerNorm(normalized_shape=(5,)), (3, 4, 5), (3, 4, 5), 10),
    Case(LayerNorm(normalized_shape=(4, 5), bias=False), (3, 4, 5), (3, 4, 5), 20),
    Case(LayerNorm(elementwise_affine=False), (3, 4, 5), (3, 4, 5)),
    Case(LayerNorm(), (10,), (10,), 20),
    Case(LayerNorm2d(), (96, 14, 14), (96, 14, 14), 192, source="ConvNeXt"),
    Case(LayerNorm2d(num_channels=6, elementwise_affine=False), (6, 2, 3), (6, 2, 3)),
    Case(RmsNorm(), (3, 4, 5), (3, 4, 5), 60),
    Case(RmsNorm(normalized_shape=(5,), eps=1e-6), (3, 4, 5), (3, 4, 5), 5),
    Case(RmsNorm(elementwise_affine=False), (7,), (7,)),
    Case(LocalResponseNorm(size=5, k=2.0),
         (96, 55, 55), (96, 55, 55), source="AlexNet"),
    # PyTorch's window is c−2 … c+1, ONNX' c−1 … c+2; the shape is the same.
    Case(LocalResponseNorm(size=4), (6, 9), (6, 9)),
    Case(LocalResponseNorm(size=3), (6, 2, 3, 4), (6, 2, 3, 4)),
)

ACTIVATIONS = (
    Case(Relu(), (96, 55, 55), (96, 55, 55)),
    Case(Relu(inplace=True), (7,), (7,)),
    Case(Relu6(), (4, 5, 5), (4, 5, 5)),
    Case(LeakyRelu(negative_slope=0.2), (4, 5, 5), (4, 5, 5)),
    # Keras counts 25,088: one slope for each cell.
    Case(Prelu(), (32, 28, 28), (32, 28, 28), 1, source="PyTorch"),
    Case(Prelu(num_parameters=32),
         (32, 28, 28), (32, 28, 28), 32,
         source="PyTorch; Keras with shared_axes=[1, 2]"),
    Case(Prelu(num_parameters=5, init=0.1), (5,), (5,), 5),
    Case(Elu(alpha=0.5), (4, 5, 5), (4, 5, 5)),
    Case(Selu(), (4, 9), (4, 9)),
    Case(Celu(alpha=2.0), (4, 5, 5), (4, 5, 5)),
    Case(Gelu(), (4, 5, 5), (4, 5, 5)),
    Case(Gelu(approximate="tanh"), (3, 2, 2, 2), (3, 2, 2, 2)),
    Case(Silu(), (4, 5, 5), (4, 5, 5)),
    Case(Mish(), (4, 5, 5), (4, 5, 5)),
    Case(Hardswish(), (4, 5, 5), (4, 5, 5)),
    Case(Hardsigmoid(), (4, 1, 1), (4, 1, 1)),
    Case(Hardtanh(min_val=-2.0, max_val=0.5), (4, 5, 5), (4, 5, 5)),
    Case(Sigmoid(), (1,), (1,)),
    Case(LogSigmoid(), (4,), (4,)),
    Case(Tanh(), (3, 64, 64), (3, 64, 64)),
    Case(Softplus(beta=2.0, threshold=10.0), (4,), (4,)),
    Case(Softsign(), (4,), (4,)),
    Case(Softmax(), (1000,), (1000,)),
    Case(Softmax(), (2, 4, 5), (2, 4, 5), source="the channels, as PyTorch takes them"),
    Case(Softmax(dim=-1), (4, 9), (4, 9)),
    Case(LogSoftmax(dim=1), (10,), (10,)),
    Case(Glu(dim=1), (8, 5, 5), (4, 5, 5)),
    Case(Glu(), (3, 4, 6), (3, 4, 3), source="PyTorch: the last axis"),
    Case(Identity(), (4, 5, 5), (4, 5, 5)),
)

DENSE = (
    Case(Linear(out_features=4096),
         (9216,), (4096,), 37_752_832, 37_748_736, "AlexNet fc6"),
    Case(Linear(in_features=4096, out_features=1000),
         (4096,), (1000,), 4_097_000, 4_096_000, "AlexNet fc8"),
    Case(Linear(out_features=10, bias=False), (84,), (10,), 840, 840),
    Case(Linear(in_features=4, out_features=8),
         (3, 5, 4), (3, 5, 8), 40, 480, "PyTorch: the last axis alone"),
    Case(Linear(in_features=6, out_features=1), (5, 6), (5, 1), 7, 30),
)

SHAPING = (
    Case(Flatten(), (256, 6, 6), (9216,), source="AlexNet's tail"),
    Case(Flatten(), (10,), (10,)),
    Case(Flatten(start_dim=2), (3, 4, 5), (3, 20)),
    Case(Flatten(end_dim=2), (3, 4, 5), (12, 5)),
    Case(Flatten(start_dim=-3, end_dim=-2), (3, 4, 5, 6), (3, 20, 6)),
    Case(Unflatten(dim=1, unflattened_size=(256, 6, 6)), (9216,), (256, 6, 6)),
    Case(Unflatten(dim=1, unflattened_size=(2, -1)), (6, 4), (2, 3, 4)),
    Case(Unflatten(dim=-1, unflattened_size=(-1, 5)), (3, 20), (3, 4, 5)),
    Case(Reshape(shape=(1, 28, 28)), (784,), (1, 28, 28)),
    Case(Reshape(shape=(-1, 4)), (3, 4, 5), (15, 4)),
    Case(Reshape(shape=(-1,)), (3, 4, 5), (60,)),
    Case(Reshape(shape=(3, 4)), (3, 4), (3, 4)),
    Case(Permute(dims=(0, 2, 3, 1)), (3, 4, 5), (4, 5, 3)),
    Case(Permute(dims=(0, -1, 1)), (3, 4), (4, 3)),
    Case(Pad(padding=2), (1, 28, 28), (1, 32, 32), source="LeNet-5's input"),
    Case(Pad(padding=((0, 1), (0, 1))),
         (3, 224, 224), (3, 225, 225), source="Keras' MobileNet"),
    Case(Pad(padding=(1, 2, 3, 4)),
         (1, 5, 5), (1, 12, 8), source="PyTorch: left, right, top, bottom"),
    Case(Pad(padding=(1, 2)), (1, 5, 5), (1, 5, 8), source="PyTorch: the last axis"),
    Case(Pad(padding=(-1, -1, 2, -3)),
         (1, 5, 5), (1, 4, 3), source="PyTorch: negative cells crop"),
    Case(Pad(padding=3, mode="reflect"), (1, 4), (1, 10)),
    Case(Pad(padding=4, mode="circular"), (1, 4), (1, 12)),
    Case(Pad(padding=1, mode="replicate"), (2, 1, 2, 3), (2, 3, 4, 5)),
    Case(Pad(padding=1, value=-1.0), (2, 1, 2, 3), (2, 3, 4, 5)),
    Case(Crop(cropping=1), (3, 8, 8), (3, 6, 6)),
    Case(Crop(cropping=(0, 2)), (3, 8, 8), (3, 8, 4)),
    Case(Crop(cropping=((4, 4), (4, 5))), (64, 64, 64), (64, 56, 55)),
    Case(Crop(cropping=((1, 2),)), (3, 8), (3, 5)),
    Case(Upsample(scale_factor=2.0), (8, 4, 4), (8, 8, 8)),
    Case(Upsample(scale_factor=(1.5, 3.0)),
         (2, 3, 5), (2, 4, 15), source="PyTorch: rounded down"),
    Case(Upsample(scale_factor=0.5), (2, 7), (2, 3)),
    Case(Upsample(size=7), (2, 3, 5), (2, 7, 7)),
    Case(Upsample(size=(6, 9), mode="bilinear", align_corners=True),
         (2, 3, 5), (2, 6, 9)),
    Case(Upsample(scale_factor=2.0, mode="bicubic"), (2, 3, 5), (2, 6, 10)),
    Case(Upsample(size=(11,), mode="linear", align_corners=False), (2, 5), (2, 11)),
    Case(Upsample(scale_factor=2.0, mode="trilinear"), (1, 2, 3, 4), (1, 4, 6, 8)),
    Case(PixelShuffle(upscale_factor=3), (9, 4, 5), (1, 12, 15)),
    Case(PixelShuffle(upscale_factor=3), (18, 2, 5), (2, 6, 15)),
    Case(PixelUnshuffle(downscale_factor=2), (3, 8, 6), (12, 4, 3)),
    Case(PixelUnshuffle(downscale_factor=3), (2, 6, 9), (18, 2, 3)),
    Case(ChannelShuffle(groups=2), (116, 28, 28), (116, 28, 28), source="ShuffleNet"),
    Case(ChannelShuffle(groups=3), (6, 9), (6, 9)),
)

REGULARISATION = (
    Case(Dropout(), (4096,), (4096,)),
    Case(Dropout(p=0.25, inplace=True), (64, 12, 12), (64, 12, 12)),
    Case(Dropout2d(p=0.1), (64, 12, 12), (64, 12, 12)),
    Case(LayerScale(), (96, 56, 56), (96, 56, 56), 96, source="ConvNeXt"),
    Case(LayerScale(init_value=1.0), (10,), (10,), 10),
)

CASES = (
    *CONVOLUTIONS,
    *POOLS,
    *NORMS,
    *ACTIVATIONS,
    *DENSE,
    *SHAPING,
    *REGULARISATION,
)

_STEM = Conv2d(out_channels=64, kernel_size=7, stride=2, padding="same")
_SMALL = Conv2d(out_channels=8, kernel_size=3, stride=2, padding="same")
_EVEN = Conv2d(out_channels=1, kernel_size=4, padding="same")
_GAPS = Conv2d(out_channels=1, kernel_size=2, stride=3, padding="same")
_SEPARABLE = SeparableConv2d(out_channels=64, kernel_size=3)

STEP_CASES = (
    StepCase(_STEM, (3, 224, 224), "padding of height", 5, "TensorFlow SAME"),
    StepCase(_STEM, (3, 224, 224), "padding before height", 2, "TensorFlow SAME"),
    StepCase(_STEM, (3, 224, 224), "padding after height", 3, "TensorFlow SAME"),
    StepCase(_STEM, (3, 224, 224), "padding before width", 2, "TensorFlow SAME"),
    StepCase(_STEM, (3, 224, 224), "padding after width", 3, "TensorFlow SAME"),
    StepCase(_SMALL, (3, 224, 224), "padding before height", 0, "TensorFlow SAME"),
    StepCase(_SMALL, (3, 224, 224), "padding after height", 1, "TensorFlow SAME"),
    StepCase(_EVEN, (1, 10, 10), "padding before width", 1, "TensorFlow SAME"),
    StepCase(_EVEN, (1, 10, 10), "padding after width", 2, "TensorFlow SAME"),
    StepCase(_GAPS, (1, 5, 5), "padding before height", 0, "TensorFlow SAME"),
    StepCase(_GAPS, (1, 5, 5), "padding after height", 0, "TensorFlow SAME"),
    StepCase(_SEPARABLE, (32, 8, 8), "depthwise_weight", 288, "Keras"),
    StepCase(_SEPARABLE, (32, 8, 8), "pointwise_weight", 2_048, "Keras"),
    StepCase(_SEPARABLE, (32, 8, 8), "bias", 64, "Keras: one bias, the pointwise one"),
    StepCase(BatchNorm(), (64, 8, 8), "weight", 64, "PyTorch"),
    StepCase(BatchNorm(), (64, 8, 8), "running_var", 64, "PyTorch"),
    StepCase(Conv2d(out_channels=64, kernel_size=3, groups=4), (32, 8, 8),
             "weights per filter", 72, "a filter sees the 8 channels of its group"),
    StepCase(Flatten(), (256, 6, 6), "places to the next channels", 36),
    StepCase(Flatten(), (256, 6, 6), "places to the next height", 6),
)

TENSOR_CASES = (
    TensorCase(Conv2d(out_channels=6, kernel_size=(3, 5), groups=2), (4, 8, 8),
               {"weight": (6, 2, 3, 5), "bias": (6,)}),
    TensorCase(Conv3d(out_channels=6, kernel_size=2, bias=False), (4, 8, 8, 8),
               {"weight": (6, 4, 2, 2, 2)}),
    TensorCase(ConvTranspose2d(out_channels=6, kernel_size=(3, 5), groups=2), (4, 8, 8),
               {"weight": (4, 3, 3, 5), "bias": (6,)}),
    TensorCase(DepthwiseConv2d(kernel_size=3, depth_multiplier=2), (4, 8, 8),
               {"weight": (8, 1, 3, 3), "bias": (8,)}),
    TensorCase(SeparableConv2d(out_channels=6, kernel_size=3, depth_multiplier=2),
               (4, 8, 8),
               {"depthwise_weight": (8, 1, 3, 3), "pointwise_weight": (6, 8, 1, 1),
                "bias": (6,)}),
    TensorCase(Linear(out_features=2), (6,), {"weight": (2, 6), "bias": (2,)}),
    TensorCase(BatchNorm(), (4, 8, 8),
               {"weight": (4,), "bias": (4,), "running_mean": (4,),
                "running_var": (4,)}),
    TensorCase(GroupNorm(num_groups=2), (4, 8, 8), {"weight": (4,), "bias": (4,)}),
    TensorCase(LayerNorm(normalized_shape=(5, 6)), (4, 5, 6),
               {"weight": (5, 6), "bias": (5, 6)}),
    TensorCase(RmsNorm(), (4, 5), {"weight": (4, 5)}),
    TensorCase(Prelu(num_parameters=4), (4, 5, 6), {"weight": (4,)}),
    TensorCase(LayerScale(), (4, 5, 6), {"weight": (4,)}),
)

REFUSALS = (
    RefusalCase(Conv2d(out_channels=1, kernel_size=1), (1, 28), Code.WRONG_RANK, None),
    RefusalCase(Conv2d(out_channels=1, kernel_size=1), (784,), Code.WRONG_RANK, None),
    RefusalCase(Conv1d(out_channels=1, kernel_size=1), (1, 28, 28), Code.WRONG_RANK,
                None),
    RefusalCase(ConvTranspose3d(out_channels=1, kernel_size=1), (1, 28, 28),
                Code.WRONG_RANK, None),
    RefusalCase(DepthwiseConv2d(kernel_size=1), (1, 4, 4, 4), Code.WRONG_RANK, None),
    RefusalCase(MaxPool1d(kernel_size=2), (10,), Code.WRONG_RANK, None),
    RefusalCase(AdaptiveAvgPool2d(output_size=1), (4, 9), Code.WRONG_RANK, None),
    RefusalCase(GlobalAvgPool(), (10,), Code.WRONG_RANK, None),
    RefusalCase(InstanceNorm(), (10,), Code.WRONG_RANK, None),
    RefusalCase(LayerNorm2d(), (4, 9), Code.WRONG_RANK, None),
    RefusalCase(LocalResponseNorm(size=5), (10,), Code.WRONG_RANK, None),
    RefusalCase(Pad(padding=1), (10,), Code.WRONG_RANK, None),
    RefusalCase(Crop(cropping=1), (10,), Code.WRONG_RANK, None),
    RefusalCase(Upsample(scale_factor=2.0), (10,), Code.WRONG_RANK, None),
    RefusalCase(PixelShuffle(upscale_factor=2), (4, 9), Code.WRONG_RANK, None),
    RefusalCase(ChannelShuffle(groups=2), (4,), Code.WRONG_RANK, None),
    RefusalCase(Conv2d(out_channels=1, kernel_size=4), (1, 3, 3), Code.WINDOW_TOO_LARGE,
                "kernel_size"),
    # Divided toward zero, (2 − 3) / 2 + 1 would be 1.
    RefusalCase(Conv2d(out_channels=1, kernel_size=3, stride=2), (1, 2, 2),
                Code.WINDOW_TOO_LARGE, "kernel_size"),
    RefusalCase(Conv2d(out_channels=1, kernel_size=3, dilation=3, padding=1), (1, 4, 9),
                Code.WINDOW_TOO_LARGE, "kernel_size"),
    RefusalCase(MaxPool2d(kernel_size=3), (256, 2, 2), Code.WINDOW_TOO_LARGE,
                "kernel_size"),
    RefusalCase(MaxPool1d(kernel_size=4, stride=2, ceil_mode=True), (1, 1),
                Code.WINDOW_TOO_LARGE, "kernel_size"),
    RefusalCase(AvgPool3d(kernel_size=8), (1, 9, 9, 7), Code.WINDOW_TOO_LARGE,
                "kernel_size"),
    RefusalCase(LpPool1d(norm_type=2, kernel_size=9), (1, 8), Code.WINDOW_TOO_LARGE,
                "kernel_size"),
    RefusalCase(SeparableConv2d(out_channels=1, kernel_size=(1, 9)), (1, 8, 8),
                Code.WINDOW_TOO_LARGE, "kernel_size"),
    RefusalCase(ConvTranspose2d(out_channels=1, kernel_size=2, padding=3), (1, 2, 2),
                Code.OUTPUT_TOO_SMALL, "padding"),
    RefusalCase(Upsample(scale_factor=0.1), (1, 4, 4), Code.OUTPUT_TOO_SMALL,
                "scale_factor"),
    RefusalCase(MaxPool2d(kernel_size=3, padding=2), (1, 8, 8), Code.POOL_PADDING,
                "padding"),
    RefusalCase(AvgPool1d(kernel_size=3, padding=((0, 2),)), (1, 8), Code.POOL_PADDING,
                "padding"),
    # PyTorch measures the window without its dilation.
    RefusalCase(MaxPool1d(kernel_size=3, padding=2, dilation=2),
                (1, 9), Code.POOL_PADDING, "padding"),
    RefusalCase(MaxPool2d(kernel_size=2, padding=(0, 2), dilation=3),
                (1, 9, 9), Code.POOL_PADDING, "padding"),
    RefusalCase(MaxPool3d(kernel_size=3, padding=2, dilation=2), (1, 9, 9, 9),
                Code.POOL_PADDING, "padding"),
    RefusalCase(Conv2d(out_channels=1, kernel_size=3, padding=4,
                       padding_mode="reflect"), (1, 4, 4), Code.WRAPPED_PADDING,
                "padding_mode"),
    RefusalCase(DepthwiseConv2d(kernel_size=3, padding=5, padding_mode="circular"),
                (1, 4, 4), Code.WRAPPED_PADDING, "padding_mode"),
    RefusalCase(Pad(padding=4, mode="reflect"), (1, 4), Code.WRAPPED_PADDING,
                "padding"),
    RefusalCase(Pad(padding=5, mode="circular"), (1, 4), Code.WRAPPED_PADDING,
                "padding"),
    RefusalCase(ConvTranspose2d(out_channels=1, kernel_size=3, output_padding=1),
                (1, 4, 4), Code.OUTPUT_PADDING, "output_padding"),
    RefusalCase(ConvTranspose1d(out_channels=1, kernel_size=3, stride=2, padding="same",
                                output_padding=2), (1, 4), Code.OUTPUT_PADDING,
                "output_padding"),
    RefusalCase(Conv2d(out_channels=4, kernel_size=1, groups=2), (3, 4, 4), Code.GROUPS,
                "groups"),
    RefusalCase(Conv2d(out_channels=3, kernel_size=1, groups=2), (4, 4, 4), Code.GROUPS,
                "groups"),
    RefusalCase(ConvTranspose2d(out_channels=3, kernel_size=1, groups=2), (4, 4, 4),
                Code.GROUPS, "groups"),
    RefusalCase(ConvTranspose2d(out_channels=4, kernel_size=1, groups=2), (3, 4, 4),
                Code.GROUPS, "groups"),
    RefusalCase(GroupNorm(num_groups=4), (6, 4, 4), Code.GROUPS, "num_groups"),
    RefusalCase(GroupNorm(num_groups=3), (7, 4, 4), Code.GROUPS, "num_groups"),
    RefusalCase(Conv1d(out_channels=3, kernel_size=1, groups=2), (3, 4),
                Code.GROUPS, "groups"),
    RefusalCase(Conv2d(in_channels=1, out_channels=1, kernel_size=1), (3, 4, 4),
                Code.IN_CHANNELS_MISMATCH, "in_channels"),
    RefusalCase(ConvTranspose1d(in_channels=1, out_channels=1, kernel_size=1), (3, 4),
                Code.IN_CHANNELS_MISMATCH, "in_channels"),
    RefusalCase(SeparableConv2d(in_channels=4, out_channels=1, kernel_size=1),
                (3, 4, 4), Code.IN_CHANNELS_MISMATCH, "in_channels"),
    RefusalCase(Linear(in_features=12544, out_features=10), (9216,),
                Code.IN_FEATURES_MISMATCH, "in_features"),
    RefusalCase(BatchNorm(num_features=4), (3, 4, 4), Code.NUM_FEATURES_MISMATCH,
                "num_features"),
    RefusalCase(InstanceNorm(num_features=4), (3, 4, 4), Code.NUM_FEATURES_MISMATCH,
                "num_features"),
    RefusalCase(GroupNorm(num_groups=1, num_channels=4), (3, 4, 4),
                Code.NUM_FEATURES_MISMATCH, "num_channels"),
    RefusalCase(LayerNorm2d(num_channels=4), (3, 4, 4), Code.NUM_FEATURES_MISMATCH,
                "num_channels"),
    RefusalCase(LayerNorm(normalized_shape=(3,)), (3, 4, 4), Code.NUM_FEATURES_MISMATCH,
                "normalized_shape"),
    RefusalCase(RmsNorm(normalized_shape=(2, 3, 4)), (3, 4), Code.NUM_FEATURES_MISMATCH,
                "normalized_shape"),
    RefusalCase(Prelu(num_parameters=28), (32, 28, 28), Code.NUM_FEATURES_MISMATCH,
                "num_parameters"),
    RefusalCase(Linear(out_features=10), (256, 6, 6), Code.LINEAR_ON_MAP, None),
    RefusalCase(Linear(out_features=10), (3, 4), Code.LINEAR_ON_MAP, None),
    RefusalCase(Linear(in_features=9216, out_features=10), (256, 6, 6),
                Code.LINEAR_ON_MAP, "in_features"),
    RefusalCase(Reshape(shape=(1, 28, 27)), (784,), Code.ELEMENT_COUNT, "shape"),
    RefusalCase(Reshape(shape=(-1, 5)), (784,), Code.ELEMENT_COUNT, "shape"),
    RefusalCase(Reshape(shape=(0, -1)), (784,), Code.ELEMENT_COUNT, "shape"),
    RefusalCase(Reshape(shape=(0,)), (784,), Code.ELEMENT_COUNT, "shape"),
    RefusalCase(Unflatten(dim=1, unflattened_size=(2, 2)), (6, 4), Code.ELEMENT_COUNT,
                "unflattened_size"),
    RefusalCase(Flatten(start_dim=0), (3, 4, 4), Code.AXIS, "start_dim"),
    RefusalCase(Flatten(end_dim=4), (3, 4, 4), Code.AXIS, "end_dim"),
    RefusalCase(Flatten(start_dim=3, end_dim=2), (3, 4, 4), Code.AXIS, "start_dim"),
    RefusalCase(Unflatten(dim=-3, unflattened_size=(1, 1)), (6, 4), Code.AXIS, "dim"),
    RefusalCase(Permute(dims=(0, 2, 1)), (3, 4, 4), Code.AXIS, "dims"),
    RefusalCase(Permute(dims=(1, 0, 2, 3)), (3, 4, 4), Code.AXIS, "dims"),
    RefusalCase(Permute(dims=(0, 1, 1, 2)), (3, 4, 4), Code.AXIS, "dims"),
    RefusalCase(Softmax(dim=0), (10,), Code.AXIS, "dim"),
    RefusalCase(LogSoftmax(dim=2), (10,), Code.AXIS, "dim"),
    RefusalCase(Glu(dim=-4), (4, 4), Code.AXIS, "dim"),
    RefusalCase(Glu(dim=1), (3, 4, 4), Code.NOT_DIVISIBLE, "dim"),
    RefusalCase(PixelShuffle(upscale_factor=2), (6, 4, 4), Code.NOT_DIVISIBLE,
                "upscale_factor"),
    RefusalCase(PixelUnshuffle(downscale_factor=2), (6, 4, 5), Code.NOT_DIVISIBLE,
                "downscale_factor"),
    RefusalCase(ChannelShuffle(groups=4), (6, 4, 4), Code.NOT_DIVISIBLE, "groups"),
    RefusalCase(ChannelShuffle(groups=3), (5, 4, 4), Code.NOT_DIVISIBLE, "groups"),
    RefusalCase(Crop(cropping=2), (3, 4, 9), Code.CROP_TOO_LARGE, "cropping"),
    RefusalCase(Pad(padding=-2), (3, 4, 9), Code.CROP_TOO_LARGE, "padding"),
    # PyTorch crops first, and then pads what is left.
    RefusalCase(Pad(padding=((2, -2),)), (1, 1), Code.CROP_TOO_LARGE, "padding"),
    RefusalCase(Upsample(scale_factor=1024.0), (1, 65_536, 65_536),
                Code.TOO_MANY_ELEMENTS, None),
    RefusalCase(Unflatten(dim=1, unflattened_size=(-1, -1)), (6,),
                Code.CONFLICTING_FIELDS, "unflattened_size"),
    RefusalCase(Reshape(shape=(-1, -1)), (6,), Code.CONFLICTING_FIELDS, "shape"),
    RefusalCase(Hardtanh(min_val=1.0), (6,), Code.CONFLICTING_FIELDS, "min_val"),
    RefusalCase(Pad(padding=(1, 1, 1)), (3, 4, 4), Code.CONFLICTING_FIELDS, "padding"),
    RefusalCase(Pad(padding=(1, 1, 1, 1)), (3, 4), Code.CONFLICTING_FIELDS, "padding"),
    RefusalCase(Pad(padding=((1, 1),)), (3, 4, 4), Code.CONFLICTING_FIELDS, "padding"),
    RefusalCase(Crop(cropping=(1, 1)), (3, 9), Code.CONFLICTING_FIELDS, "cropping"),
    RefusalCase(Upsample(), (3, 4), Code.CONFLICTING_FIELDS, "size"),
    RefusalCase(Upsample(size=4, scale_factor=2.0), (3, 4), Code.CONFLICTING_FIELDS,
                "size"),
    RefusalCase(Upsample(size=(7,)), (2, 3, 5), Code.CONFLICTING_FIELDS, "size"),
    RefusalCase(Upsample(size=(4, 4)), (3, 4), Code.CONFLICTING_FIELDS, "size"),
    RefusalCase(Upsample(scale_factor=(2.0, 2.0)), (3, 4), Code.CONFLICTING_FIELDS,
                "scale_factor"),
    RefusalCase(Upsample(size=4, mode="bilinear"), (3, 4), Code.CONFLICTING_FIELDS,
                "mode"),
    RefusalCase(Upsample(size=4, align_corners=True), (3, 4), Code.CONFLICTING_FIELDS,
                "align_corners"),
)


def net(entering: Shape, *layers: Document) -> Document:
    """Return a document with an input and layers."""
    return {
        "format": "tuicnn/1",
        "name": "case",
        "input": list(entering),
        "layers": list(layers),
    }


def _layer(kind: str, **fields: object) -> Document:
    return {"type": kind, **fields}


def _conv(out_channels: int, kernel_size: int = 1, **fields: object) -> Document:
    return _layer(
        "conv2d", out_channels=out_channels, kernel_size=kernel_size, **fields
    )


def _parallel(merge: str, *branches: list[Document], **fields: object) -> Document:
    return _layer("parallel", merge=merge, branches=list(branches), **fields)


def _block(name: str, *layers: Document, **fields: object) -> Document:
    return _layer("block", name=name, layers=list(layers), **fields)


def _merge(kind: str, *names: str, **fields: object) -> Document:
    return _layer(kind, **{"with": list(names)}, **fields)


_CONV_3 = _conv(8, 3, padding=1)
_GLOBAL = _layer("global_avg_pool")
_ROWS = _layer("max_pool2d", kernel_size=[2, 1])
_HALF = _layer("max_pool2d", kernel_size=2)
_UP = _layer("conv_transpose2d", out_channels=2, kernel_size=2, stride=2)
_RESIDUAL = _parallel("add", [_conv(8)], [])

NETWORK_CASES = (
    NetworkCase("nothing leaves the input as it is", net((3, 4, 4)), (3, 4, 4), 0, 0),
    NetworkCase("a residual connection",
                net((8, 6, 6), _parallel("add", [_CONV_3], [])),
                (8, 6, 6), 584, 20_736),
    NetworkCase("branches concatenated on the channels",
                net((8, 6, 6), _parallel("concat", [_conv(4)], [_CONV_3], [])),
                (20, 6, 6), 620, 21_888),
    NetworkCase("branches concatenated on the height",
                net((8, 6, 6), _parallel("concat", [], [_ROWS], dim=2)),
                (8, 9, 6), 0, 0),
    NetworkCase("a gate for each channel",
                net((8, 6, 6), _parallel("multiply", [], [_GLOBAL, _conv(8)])),
                (8, 6, 6), 72, 64),
    NetworkCase("a mean of branches",
                net((8, 6, 6), _parallel("average", [_conv(4)], [_conv(4)])),
                (4, 6, 6), 72, 2_304),
    NetworkCase("the largest of branches",
                net((8, 6, 6), _parallel("maximum", [_conv(4)], [_conv(4)])),
                (4, 6, 6), 72, 2_304),
    NetworkCase("channels split over branches",
                net((8, 6, 6), _parallel("concat", [_conv(6)], [], split="channels")),
                (10, 6, 6), 30, 864),
    NetworkCase("a block repeated with fresh weights",
                net((8, 6, 6), _block("stage", _CONV_3, _layer("relu"), repeat=3)),
                (8, 6, 6), 1_752, 62_208),
    NetworkCase("blocks within blocks, and branches within those",
                net((8, 6, 6), _block("outer", _block("inner", _RESIDUAL, repeat=2),
                                      repeat=2)),
                (8, 6, 6), 288, 9_216),
    NetworkCase("a skip that adds",
                net((3, 6, 6), _conv(8, name="stem"), _layer("relu"),
                    _merge("add", "stem")),
                (8, 6, 6), 32, 864),
    NetworkCase("a skip that multiplies",
                net((8, 6, 6), _layer("relu", name="map"), _GLOBAL,
                    _merge("multiply", "map")),
                (8, 6, 6), 0, 0),
    NetworkCase("a skip that takes the mean of three",
                net((3, 6, 6), _conv(4, name="a"), _conv(4, name="b"), _conv(4),
                    _merge("average", "a", "b")),
                (4, 6, 6), 56, 1_584),
    NetworkCase("a skip that keeps the largest",
                net((3, 6, 6), _conv(4, name="a"), _conv(4), _merge("maximum", "a")),
                (4, 6, 6), 36, 1_008),
    NetworkCase("a long skip, concatenated",
                net((1, 8, 8), _conv(4, name="enc"), _HALF, _UP,
                    _merge("concat", "enc"), _conv(1)),
                (1, 8, 8), 49, 1_152),
    NetworkCase("a skip along the width",
                net((1, 8, 8), _layer("identity", name="all"),
                    _layer("crop", cropping=[0, 1]), _merge("concat", "all", dim=-1)),
                (1, 8, 14), 0, 0),
    NetworkCase("a skip out of a block, by the automatic name",
                net((3, 6, 6), _conv(4),
                    _block("inner", _layer("relu"), _merge("add", "conv2d_1"))),
                (4, 6, 6), 16, 432),
)

NETWORK_REFUSALS = (
    NetworkRefusalCase("channels that do not agree",
                       net((3, 6, 6), _parallel("add", [_conv(8)], [])),
                       Code.MERGE_SHAPES, "parallel_1", None),
    NetworkRefusalCase("heights that do not agree",
                       net((3, 6, 6), _parallel("concat", [_conv(8, 3)], [])),
                       Code.MERGE_SHAPES, "parallel_1", None),
    NetworkRefusalCase("a vector and a map",
                       net((3, 6, 6), _layer("relu", name="map"), _layer("flatten"),
                           _merge("add", "map")),
                       Code.MERGE_SHAPES, "add_1", None),
    NetworkRefusalCase("an axis that is not there",
                       net((3, 6, 6), _parallel("concat", [], [], dim=4)),
                       Code.AXIS, "parallel_1", "dim"),
    NetworkRefusalCase("channels that cannot be shared out",
                       net((3, 6, 6), _parallel("concat", [], [], split="channels")),
                       Code.NOT_DIVISIBLE, "parallel_1", "split"),
    NetworkRefusalCase("a name that no layer has",
                       net((3, 6, 6), _merge("add", "stem")),
                       Code.UNKNOWN_SKIP, "add_1", "with"),
    NetworkRefusalCase("the name of a layer below",
                       net((3, 6, 6), _merge("add", "later"),
                           _layer("relu", name="later")),
                       Code.UNKNOWN_SKIP, "add_1", "with"),
    NetworkRefusalCase("the name of a layer inside a block",
                       net((3, 6, 6), _block("b", _layer("relu", name="in")),
                           _merge("add", "in")),
                       Code.UNKNOWN_SKIP, "add_1", "with"),
    NetworkRefusalCase("a name in two enclosing lists",
                       net((3, 6, 6), _layer("relu", name="x"),
                           _block("b", _layer("relu", name="x"), _merge("add", "x"))),
                       Code.AMBIGUOUS_SKIP, "b.add_1", "with"),
)

_TORCHVISION = "torchvision; weights without bias"

PUBLISHED = (
    PublishedCase("alexnet-torchvision", 61_100_840, 714_188_480, _TORCHVISION),
    PublishedCase("vgg16", 138_357_544, 15_470_264_320, _TORCHVISION),
    PublishedCase("vgg19", 143_667_240, None, "torchvision"),
    PublishedCase("resnet50", 25_557_032, 4_089_184_256, _TORCHVISION),
    PublishedCase("mobilenet-v2", 3_504_872, 300_774_272, _TORCHVISION),
    PublishedCase("googlenet", 6_624_904, 1_498_376_192,
                  "torchvision, without the auxiliary heads"),
    PublishedCase("inception-v3", 23_834_568, 5_713_216_096,
                  "torchvision, without the auxiliary head"),
    PublishedCase("densenet121", 7_978_856, 2_834_161_664, _TORCHVISION),
    PublishedCase("squeezenet1-1", 1_235_496, None, "torchvision"),
)
# fmt: on
