"""Shape errors as frameworks word them, with a stack each, and the layer that is meant.

`make` raises the real message, where the framework is there; `words` is what it was.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """A message, the stack of a network that fits it, and the layer to be named.

    Attributes:
        framework: Whose message it is.
        words: The message.
        path: The layer that raises it; None: the message is explained in general.
        entering: The network's input.
        layers: Its layers.
    """

    framework: str
    words: str
    path: str | None
    entering: tuple[int, ...]
    layers: tuple[dict[str, object], ...]

    def __str__(self) -> str:
        return f"{self.framework}: {self.words[:60]}"


def conv(**fields: object) -> dict[str, object]:
    return {"type": "conv2d", "out_channels": 6, "kernel_size": 5, **fields}


RELU: dict[str, object] = {"type": "relu"}
FLAT: dict[str, object] = {"type": "flatten"}
POOL: dict[str, object] = {"type": "max_pool2d", "kernel_size": 2}
BN: dict[str, object] = {"type": "batch_norm"}
FC: dict[str, object] = {"type": "linear", "name": "fc", "out_features": 10}
UP: dict[str, object] = {"name": "up", "out_channels": 6, "kernel_size": 2,
                         "padding": 3}  # fmt: skip
HEAD = (conv(), RELU, POOL, FLAT, {**FC, "name": "first", "out_features": 50}, RELU)


def merged(merge: str, one: dict[str, object], two: dict[str, object]) -> tuple[
    dict[str, object], ...
]:  # fmt: skip
    both = {"type": "parallel", "name": "join", "merge": merge,
            "branches": [[one], [two]]}  # fmt: skip
    return (RELU, both, RELU)


CASES = (
    Case("torch", "mat1 and mat2 shapes cannot be multiplied (2x1568 and 1050x10)",
         "fc", (32, 7, 7), (RELU, FLAT, FC)),
    Case("torch", "mat1 and mat2 shapes cannot be multiplied (2x50 and 40x10)",
         "fc", (1, 28, 28), (*HEAD, FC, {**FC, "name": "last"})),
    Case("torch", "mat1 and mat2 shapes cannot be multiplied (30x7 and 8x3)",
         "fc", (3, 5, 7), (RELU, {**FC, "out_features": 3})),
    Case("torch", "Given groups=1, weight of size [6, 3, 5, 5], expected input[2, 1, "
         "32, 32] to have 3 channels, but got 1 channels instead",
         "first", (1, 32, 32), (conv(name="first"), RELU, conv(name="second"))),
    Case("torch", "Given transposed=1, weight of size [3, 6, 5, 5], expected input[2, "
         "1, 32, 32] to have 3 channels, but got 1 channels instead",
         "up", (1, 32, 32), (RELU, {"type": "conv_transpose2d", "name": "up",
                                    "out_channels": 6, "kernel_size": 5})),
    Case("torch", "Given groups=2, weight of size [6, 2, 3, 3], expected input[2, 6, "
         "32, 32] to have 4 channels, but got 6 channels instead",
         "c", (6, 32, 32), (RELU, conv(name="c", kernel_size=3, groups=2))),
    Case("torch", "Calculated padded input size per channel: (4 x 4). Kernel size: (5 "
         "x 5). Kernel size can't be greater than actual input size",
         "c", (3, 8, 8), (POOL, conv(name="c"), RELU)),
    Case("torch", "Given input size: (6x2x2). Calculated output size: (6x0x0). Output "
         "size is too small",
         "p", (3, 6, 6), (conv(), {**POOL, "name": "p", "kernel_size": 3})),
    Case("torch", "max_pool1d() Invalid computed output size: 0",
         "p", (3, 2), ({"type": "max_pool1d", "name": "p", "kernel_size": 3},)),
    Case("torch", "Given input size: (6x1x2). Calculated output size: (6x1x0). Output "
         "size is too small", "p", (6, 2),
         ({"type": "avg_pool1d", "name": "p", "kernel_size": 3},)),
    Case("torch", "Given input size per channel: (2 x 2). Calculated output size per "
         "channel: (-3 x -3). Output size is too small",
         "up", (3, 2, 2), (RELU, {**UP, "type": "conv_transpose2d"})),
    Case("torch", "Given input size per channel: (1 x 2). Calculated output size per "
         "channel: (1 x -3). Output size is too small",
         "up", (3, 2), (RELU, {**UP, "type": "conv_transpose1d"})),
    Case("torch", "unflatten: Provided sizes [3, 4] don't multiply up to the size of "
         "dim 1 (10) in the input tensor",
         "u", (10,), (RELU, {"type": "unflatten", "name": "u", "dim": 1,
                             "unflattened_size": [3, 4]})),
    Case("torch", "Mismatch of parameter numbers and input channel size. Found "
         "parameter numbers = 3 and channel size = 6.",
         "s", (6, 4, 4), (RELU, {"type": "prelu"},
                          {"type": "prelu", "name": "s", "num_parameters": 3})),
    Case("torch", "pad should be at most half of effective kernel size, but got pad=2, "
         "kernel_size=2 and dilation=1",
         "p", (6, 8, 8), (POOL, {**POOL, "name": "p", "padding": 2})),
    Case("torch", "running_mean should contain 6 elements not 8",
         "n", (3, 8, 8), (conv(), {**BN, "name": "n"}, RELU)),
    Case("torch", "Expected weight to be a vector of size equal to the number of "
         "channels in input, but got weight of shape [8] and input of shape [2, 6, 4, "
         "4]", "n", (6, 4, 4), ({"type": "group_norm", "name": "n", "num_groups": 2},)),
    Case("torch", "Given normalized_shape=[8, 4, 4], expected input with shape [*, 8, "
         "4, 4], but got input of size[2, 6, 4, 4]",
         "n", (6, 4, 4), (RELU, {"type": "layer_norm", "name": "n"})),
    Case("torch", "Expected more than 1 value per channel when training, got input "
         "size torch.Size([1, 6, 1, 1])",
         "n", (3, 5, 5), (conv(), {**BN, "name": "n"})),
    Case("torch", "The size of tensor a (8) must match the size of tensor b (4) at "
         "non-singleton dimension 3",
         "join", (6, 8, 8), merged("add", RELU, POOL)),
    Case("torch", "The size of tensor a (6) must match the size of tensor b (12) at "
         "non-singleton dimension 1",
         "join", (3, 8, 8), merged("add", conv(kernel_size=1),
                                   conv(out_channels=12, kernel_size=1))),
    Case("torch", "Sizes of tensors must match except in dimension 1. Expected size 8 "
         "but got size 4 for tensor number 1 in the list.",
         "join", (6, 8, 8), merged("concat", RELU, POOL)),
    Case("torch", "shape '[2, 1050]' is invalid for input of size 3136",
         "flatten_1", (32, 7, 7), (RELU, FLAT, FC)),
    Case("torch", "shape '[-1, 1050]' is invalid for input of size 3136",
         "flatten_1", (32, 7, 7), (RELU, FLAT, FC)),
    Case("torch", "Expected 3D (unbatched) or 4D (batched) input to conv2d, but got "
         "input of size: [2, 10]", "c", (10,), (RELU, conv(name="c"))),
    Case("torch", "in_channels must be divisible by groups",
         "c", (3, 8, 8), (RELU, conv(name="c", groups=2))),
    Case("torch", "out_channels must be divisible by groups",
         "c", (4, 8, 8), (conv(name="b", out_channels=4, groups=2),
                          conv(name="c", out_channels=5, kernel_size=3, groups=2))),
    Case("torch", "Argument #4: Padding size should be less than the corresponding "
         "input dimension, but got: padding (5, 5) at dimension 3 of input [1, 1, 4, "
         "4]", "c", (1, 4, 4), (conv(name="c", padding=5, padding_mode="reflect"),)),
    Case("torch", "pixel_shuffle expects its input's 'channel' dimension to be "
         "divisible by the square of upscale_factor, but input.size(-3)=6 is not "
         "divisible by 4", "s", (6, 4, 4),
         (RELU, {"type": "pixel_shuffle", "name": "s", "upscale_factor": 2})),
    Case("torch", "Error(s) in loading state_dict for Sequential: size mismatch for "
         "fc.weight: copying a param with shape torch.Size([12, 5]) from checkpoint, "
         "the shape in current model is torch.Size([10, 5]).",
         "fc", (5,), (FC, {**FC, "name": "last"})),
    Case("keras", "Exception encountered when calling Sequential.call(). "
         "\x1b[1mInput 0 with name 'None' of layer 'dense' is incompatible with the "
         "layer: expected axis -1 of input shape to have value 1050, but received "
         "input with shape (2, 1568)\x1b[0m",
         "dense", (32, 7, 7), (RELU, FLAT, {**FC, "name": "dense"})),
    Case("keras", "Input 0 with name 'None' of layer 'second' is incompatible with the "
         "layer: expected axis -1 of input shape to have value 3, but received input "
         "with shape (2, 32, 32, 1)",
         "second", (1, 32, 32), (conv(name="first", out_channels=1, padding=2),
                                 conv(name="second"))),
    Case("keras", "Input 0 with name 'None' of layer 'c' is incompatible with the "
         "layer: expected min_ndim=4, found ndim=2. Full shape received: (None, 10)",
         "c", (10,), (RELU, conv(name="c"))),
    Case("keras", "Computed output size would be zero or negative. Received `inputs "
         "shape=(None, 4, 4, 3)`, `kernel shape=(5, 5, 3, 6)`, `dilation_rate=[1 1]`, "
         "`strides=(1, 1)`, `padding=valid`.", "c", (3, 8, 8), (POOL, conv(name="c"))),
    Case("keras", "Computed output size would be zero or negative. Received: "
         "`inputs.shape=[None 2 2 6]`, `pool_size=[3 3]`, `strides=(3, 3)`, "
         "`padding=valid`.", "p", (3, 6, 6),
         (conv(), {**POOL, "name": "p", "kernel_size": 3})),
    Case("keras", "Inputs have incompatible shapes. Received shapes (8, 8, 6) and (4, "
         "4, 6)", "join", (6, 8, 8), merged("add", RELU, POOL)),
    Case("keras", "A `Concatenate` layer requires inputs with matching shapes except "
         "for the concatenation axis. Received: input_shape=[(None, 8, 8, 6), (None, "
         "4, 4, 6)]", "join", (6, 8, 8), merged("concat", RELU, POOL)),
    Case("keras", "The total size of the tensor must be unchanged. Received: "
         "input_shape=(16,), target_shape=(3, 5)",
         "r", (16,), ({"type": "reshape", "name": "r", "shape": [3, 5]},)),
    Case("keras", "The number of input channels must be evenly divisible by the number "
         "of groups. Received groups=2, but the input has 3 channels (full input shape "
         "is (None, 8, 8, 3)).", "c", (3, 8, 8), (RELU, conv(name="c", groups=2))),
    Case("keras", "Input 0 with name 'x' of layer 'functional_1' is incompatible with "
         "the layer: expected shape=(None, 28, 28, 1), found shape=(2, 32, 32, 3)",
         None, (1, 28, 28), (conv(),)),
    Case("onnx", "[ONNXRuntimeError] : 2 : INVALID_ARGUMENT : Non-zero status code "
         "returned while running Gemm node. Name:'/fc/Gemm' Status Message: GEMM: "
         "Dimension mismatch, W: {10,1050} K: 1568 N:10",
         "fc", (32, 7, 7), (RELU, FLAT, FC)),
    Case("onnx", "[ONNXRuntimeError] : 1 : FAIL : Node (/fc/Gemm) Op (Gemm) "
         "[ShapeInferenceError] Dimension mismatch in unification between 1050 and "
         "1568", "fc", (32, 7, 7), (RELU, FLAT, FC)),
    Case("onnx", "[ONNXRuntimeError] : 1 : FAIL : Non-zero status code returned while "
         "running Conv node. Name:'y_nchwc' Status Message: Input channels C is not "
         "equal to kernel channels * group. C: 1 kernel channels: 3 group: 1",
         "c", (1, 32, 32), (RELU, conv(name="c"))),
    Case("onnx", "[ONNXRuntimeError] : 2 : INVALID_ARGUMENT : Non-zero status code "
         "returned while running ConvTranspose node. Name:'/up/ConvTranspose' Status "
         "Message: filter number not equal to input channel number. filter_number: 3 "
         "num_input_channels: 1",
         "up", (1, 32, 32), (RELU, {"type": "conv_transpose2d", "name": "up",
                                    "out_channels": 6, "kernel_size": 5})),
    Case("onnx", "[ONNXRuntimeError] : 1 : FAIL : Non-zero status code returned while "
         "running Concat node. Name:'/Concat' Status Message: concatbase.h:133 "
         "PrepareForComputeImpl Non concat axis dimensions must match: Axis 2 has "
         "mismatched dimensions of 4 and 8",
         "join", (6, 8, 8), merged("concat", RELU, POOL)),
    Case("onnx", "[ONNXRuntimeError] : 2 : INVALID_ARGUMENT : Non-zero status code "
         "returned while running Conv node. Name:'y_nchwc' Status Message: Invalid "
         "input shape: {4,4}", "c", (3, 8, 8), (POOL, conv(name="c"))),
    Case("onnx", "[ONNXRuntimeError] : 1 : FAIL : Node (/Concat) Op (Concat) "
         "[ShapeInferenceError] Can't merge shape info. Both inferred and declared "
         "dimension have values but they differ. Inferred=4 Declared=8 Dimension=2",
         "join", (6, 8, 8), merged("concat", RELU, POOL)),
    Case("onnx", "[ONNXRuntimeError] : 1 : FAIL : Non-zero status code returned while "
         "running Add node. Name:'/Add' Status Message: axis == 1 || axis == largest "
         "was false. Attempting to broadcast an axis by a dimension other than 1. 4 by "
         "8", "join", (6, 8, 8), merged("add", RELU, POOL)),
    Case("onnx", "[ONNXRuntimeError] : 1 : FAIL : Non-zero status code returned while "
         "running Reshape node. Name:'/Reshape' Status Message: The input tensor "
         "cannot be reshaped to the requested shape. Input shape:{2,32,7,7}, requested "
         "shape:{2,1050}", "flatten_1", (32, 7, 7), (RELU, FLAT, FC)),
    Case("onnx", "[ONNXRuntimeError] : 2 : INVALID_ARGUMENT : Non-zero status code "
         "returned while running BatchNormalization node. Name:"
         "'/n/BatchNormalization' Status Message: Invalid input scale: 0th dimension "
         "!= 6", "n", (3, 8, 8), (conv(), {**BN, "name": "n"})),
    Case("onnx", "[ONNXRuntimeError] : 2 : INVALID_ARGUMENT : Got invalid dimensions "
         "for input: x for the following indices\n index: 1 Got: 1 Expected: 3\n "
         "index: 2 Got: 28 Expected: 32", None, (3, 32, 32), (conv(),)),
)  # fmt: skip
"""Messages of PyTorch 2.13, Keras 3.15 and ONNX Runtime, as they word them."""
