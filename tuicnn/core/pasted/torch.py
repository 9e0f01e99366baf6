"""PyTorch's messages about shapes, as PyTorch 2.13 words them.

It never looks at a network: it says what a message says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from tuicnn.core.pasted import torchreaders as readers
from tuicnn.core.pasted.clue import Clue

Reader = Callable[[re.Match[str]], Clue]

_INT = r"(-?\d{1,15})"
_LIST = r"\[([\d, ]{1,99})\]"

_READERS: Final[tuple[tuple[str, Reader], ...]] = (
    (
        rf"mat1 and mat2 shapes cannot be multiplied \({_INT}x{_INT} and "
        rf"{_INT}x{_INT}\)",
        readers.matmul_clue,
    ),
    (
        rf"Given (groups=\d+|transposed=\S+), weight of size {_LIST}, expected "
        rf"input{_LIST} to have {_INT} channels, but got {_INT} channels",
        readers.channels_clue,
    ),
    (
        r"Calculated padded input size per channel: \(([\d x]+)\)\. Kernel size: "
        r"\(([\d x]+)\)",
        readers.kernel_clue,
    ),
    (r"Given input size: \(([\dx]+)\)\. Calculated output size", readers.pool_clue),
    (r"max_pool1d\(\) Invalid computed output size", readers.sequence_pool_clue),
    (
        r"Given input size per channel: \(([\d x]+)\)\. Calculated output size per",
        readers.transposed_clue,
    ),
    (
        rf"running_mean should contain {_INT} elements not {_INT}",
        readers.running_mean_clue,
    ),
    (
        rf"number of channels in input, but got weight of shape {_LIST} and input of "
        rf"shape {_LIST}",
        readers.group_norm_clue,
    ),
    (
        rf"Given normalized_shape={_LIST}, expected input with shape \[[^\]]*\], but "
        rf"got input of size ?{_LIST}",
        readers.layer_norm_clue,
    ),
    (
        rf"Expected more than 1 (?:value per channel|spatial element) when training, "
        rf"got input size (?:torch\.Size\()?{_LIST}",
        readers.one_value_clue,
    ),
    (
        rf"The size of tensor a \({_INT}\) must match the size of tensor b \({_INT}\) "
        rf"at non-singleton dimension {_INT}",
        readers.unequal_clue,
    ),
    (
        rf"Sizes of tensors must match except in dimension {_INT}\. Expected "
        rf"(?:size|\w+) {_INT} but got (?:size )?{_INT} for tensor number {_INT}",
        readers.cat_clue,
    ),
    (
        r"shape '\[([\d, -]+)\]' is invalid for input of size (\d{1,15})",
        readers.view_clue,
    ),
    (
        rf"Provided sizes {_LIST} don't multiply up to the size of dim {_INT} "
        rf"\({_INT}\)",
        readers.unflatten_clue,
    ),
    (
        r"size mismatch for ([\w.]{1,200})\.(weight|bias|running_mean): copying a "
        rf"param with shape torch\.Size\({_LIST}\) from checkpoint, the shape in "
        rf"current model is torch\.Size\({_LIST}\)",
        readers.loaded_clue,
    ),
    (
        rf"Expected \dD \(unbatched\) or \dD \(batched\) input to (\w+), but got input "
        rf"of size: {_LIST}",
        readers.rank_clue,
    ),
    (r"(in|out)_channels must be divisible by groups", readers.groups_clue),
    (
        rf"Padding size should be less than the corresponding input dimension, but "
        rf"got: padding \(([\d, ]+)\) at dimension \d+ of input {_LIST}",
        readers.mirrored_clue,
    ),
    (
        rf"divisible by the square of upscale_factor, but input\.size\(-3\)={_INT} is "
        rf"not divisible by {_INT}",
        readers.shuffle_clue,
    ),
    (
        rf"Found parameter numbers = {_INT} and channel size = {_INT}",
        readers.slopes_clue,
    ),
    (
        rf"at most half of (?:effective )?kernel size, but got pad={_INT}, "
        rf"kernel_size={_INT}",
        readers.pool_padding_clue,
    ),
)


def clues(message: str) -> Iterator[Clue]:
    """Yield what a message of PyTorch says; nothing where it is none that is known."""
    for pattern, reader in _READERS:
        found = re.search(pattern, message)
        if found is not None:
            yield reader(found)
