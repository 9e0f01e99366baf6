"""Questions that users bring, and the keys that answer them in the editor.

README lists them; the tests press them.
"""

from __future__ import annotations

from typing import NamedTuple


class Answer(NamedTuple):
    """A question, and how it is answered.

    Attributes:
        question: In the user's words.
        source: What is opened.
        keys: What is pressed; a text that is typed begins with a quotation mark.
        told: What is to be seen then, in a sentence.
        figures: What must stand on the screen on the way.
    """

    question: str
    source: str
    keys: tuple[str, ...]
    told: str
    figures: tuple[str, ...]


ANSWERS = (
    Answer(
        "How does a dense layer of 4096 follow a 256×13×13 map? "
        "Should it not be 43264?",
        "alexnet",
        ("/", '"fc6', "enter", "esc", "2", "pgdn", "esc"),
        "pool5 makes 256×6×6 of it, so 9216 arrive; the weight is 4096×9216, "
        "37,752,832 parameters with the bias; 4096 is a choice, 9216 is not",
        (
            "256×6×6",
            "9216 = 256·6·6",
            "pool5: 3×3 · stride 2",
            "weight (4096×9216)",
            "37,748,736 + 4,096 = 37,752,832 parameters",
            "4,096 is a choice; 9,216 is what arrives.",
        ),
    ),
    Answer(
        "And if I declare 43264 all the same?",
        "alexnet",
        ("/", '"fc6', "enter", "esc", "enter", "↑", '"43264', "esc", "3", "f"),
        "an error that names the pool that was passed over; `f` sets 9216",
        (
            "✗ error in-features-mismatch",
            "in_features is 43,264, but 9,216 arrive",
            "unreached",
            "pool5 was passed over",
            "set in_features to 9216",
            "in_features 9216 out_features* 4096",
        ),
    ),
    Answer(
        "28 → pool (2,2), stride 2? And 50 with a 3×3 filter?",
        "",
        ("enter", "ctrl+u", '"1x28x28', "esc", "a", '"max_pool2d', "enter"),
        "an empty network with this input and a pool of 2: 1×14×14. With 1×50×50 and "
        "a conv2d of 3×3, 48×48 in the same way",
        ("1×28×28 → 1×14×14", "⌊(28 + 0 + 0 − 1·(2 − 1) − 1) / 2⌋ + 1 = 14"),
    ),
    Answer(
        "output = (input − window) / (stride + 1)?",
        "alexnet",
        ("/", '"pool5', "enter", "esc", "2", "pgdn"),
        "no: the divisor is the stride. 6 = ⌊(13 − 3) / 2⌋ + 1",
        (
            "⌊(i + p₀ + p₁ − d·(k − 1) − 1) / s⌋ + 1",
            "⌊(13 + 0 + 0 − 1·(3 − 1) − 1) / 2⌋ + 1 = 6",
        ),
    ),
    Answer(
        "How do I get a 100×50 output?",
        "image-to-map",
        ("s", '"1x100x50'),
        "a transposed convolution, upsampling, padding that keeps the size, or flatten "
        "and linear: each with its cost; `enter` takes one",
        (
            "3×100×50 → 4×19×9",
            "insert conv_transpose2d 1 · 10×10 · stride 5",
            "1×100×50 would leave the network",
            "parameters 1,204 → 1,605",
            "insert flatten, linear 5000 and unflatten",
        ),
    ),
    Answer(
        "Which shapes do two 5×5 convolutions on 32×32 have? Are the three 5×5 patches "
        "separate examples?",
        "two-conv-32",
        ("↓", "↓", "↓", "↓", "2", "pgdn"),
        "3×28×28, 3×14×14, 6×10×10, 6×5×5, 150, 100, 10; no: the weight is 6×3×5×5, "
        "one filter through all channels for each map",
        (
            "1×32×32 → 10",
            "3×28×28",
            "3×14×14",
            "6×10×10",
            "6×5×5",
            "150",
            "100",
            "6 filters, each 5×5×3: a filter spans all channels",
            "weight (6×3×5×5)",
        ),
    ),
    Answer(
        "Stride length 0?",
        "two-conv-32",
        ("↓", "enter", "↓", "↓", "backspace", '"0'),
        "refused beside the field: a stride is the step between windows, at least 1",
        (
            "stride 0 ✗",
            "Received: 0.",
            "Step between one window and the next",
            "at least 1",
        ),
    ),
    Answer(
        "Does flattening lose the order?",
        "two-conv-32",
        ("/", '"flatten', "enter", "esc", "2", "pgdn"),
        "no: the place of each cell is c·(H·W) + i·W + j, and back",
        ("6×5×5 → 150", "c·"),
    ),
    Answer(
        "ResNet uses a global pool instead: 6×1×1?",
        "two-conv-32-global",
        ("C", '"two-conv-32', "enter", "G"),
        "6×1×1, then 6 numbers: the first dense layer has 700 parameters, not 15,100",
        ("6×1×1", "100 700 −14.4 k P", "was 150"),
    ),
    Answer(
        "Stride 2, or stride 1 and a 2×2 pool: the same parameters?",
        "strided-vs-pooled-a",
        ("C", '"strided-vs-pooled-b', "enter"),
        "yes, and the same shape; the stride has a quarter of the MACs",
        ("against the baseline",),
    ),
    Answer(
        "256 → 4×4 conv 256, or a 1×1 conv 64 before it: why 3.7 times?",
        "bottleneck-4x4",
        ("C", '"direct-4x4', "enter"),
        "1,048,576 multiplications a pixel against 278,528",
        ("against the baseline",),
    ),
    Answer(
        "Is a 1×1 convolution a fully connected layer?",
        "fully-connected",
        ("/", '"fc1', "enter", "esc", "V", "enter"),
        "`V` writes flatten and the linear layers as convolutions with the same "
        "weights: the first with the map's kernel, the next 1×1",
        ("64×1×1", "10×1×1"),
    ),
    Answer(
        "These are my weights: what is the output?",
        "matlab-2-6-1",
        ("G", "f7", '"0.5, -0.25', "enter"),
        "2.0989054; `2` writes out each neuron",
        ("Input: 2 numbers that were typed", "2.0989054"),
    ),
    Answer(
        "Depthwise separable convolution: what changes?",
        "separable",
        ("j", "2"),
        "k²·C + C·K instead of k²·C·K",
        ("depthwise",),
    ),
    Answer(
        "How many parameters has VGG-16?",
        "vgg16",
        (),
        "138,357,544 in all; one layer holds 102,764,544 of them",
        ("138,357,544 parameters", "102,764,544"),
    ),
    Answer(
        "217,706 parameters: how?",
        "lasagne-mnist",
        ("2", "end"),
        "832 + 9,248 + 205,056 + 2,570 = 217,706, with each layer's share",
        (
            "1×28×28",
            "32×24×24",
            "32×12×12",
            "32×10×10",
            "32×5×5",
            "256",
            "205,056 94.2 %",
            "9,248 4.2 %",
            "2,570 1.2 %",
            "832 0.4 %",
            "832 + 9,248 + 205,056 + 2,570 = 217,706",
        ),
    ),
    Answer(
        "25×64×1 → 7×7, 100 → pool → 5×5, 150: should that not be 4-D, 13×32×150×100?",
        "same-conv-25x64",
        ("t", "↓", "↓", "↓", "2", "pgdn", "pgdn"),
        "channels last: 25×64×100, 13×32×100, 13×32×150; 4,900 and 375,000 weights; "
        "one kernel is 5×5×100, sums over the channels and makes one map",
        (
            "25×64×1 → 13×32×150",
            "25×64×100",
            "13×32×100",
            "4,900",
            "375,000",
            "150 filters, each 5×5×100: a filter spans all channels, sums over them, "
            "and makes one map.",
        ),
    ),
)
