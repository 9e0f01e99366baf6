"""Inputs of a forward pass: random ones, arrays from a file, and images.

It never changes an array in silence: what was done to it is said.
"""

from __future__ import annotations

import math
import struct
import warnings
import zlib
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from tuicnn.core import limits
from tuicnn.errors import MissingPackage
from tuicnn.preview.faults import FileFault
from tuicnn.preview.kernels.window import Array
from tuicnn.preview.npyheader import read_array
from tuicnn.preview.operation import Shape
from tuicnn.preview.regular import opened

_FORMATS: Final = ("PNG", "JPEG", "GIF", "BMP", "PPM", "WEBP")
"""Images that are opened: others are programs, or their readers write on the screen."""
_IMAGE: Final = 512 * 2**20
"""Bytes that the file of an image may have: its pixels, unpacked."""
_FAULTS: Final = (
    ArithmeticError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    struct.error,
    TypeError,
    ValueError,
    zlib.error,
)
"""What Pillow raises where an image is broken."""


class Input(NamedTuple):
    """An input, and what was done to get it.

    Attributes:
        array: (N, *sample), float32.
        note: One sentence for the user.
    """

    array: Array
    note: str


def random_input(shape: Shape, seed: int = 0) -> Array:
    """Return normal numbers of mean 0 and deviation 1, the same for the same seed."""
    stream = np.random.Generator(np.random.Philox(key=seed % 2**64))
    return stream.standard_normal(shape, dtype=np.float32)


def read_input(path: Path, sample: Shape, batch: int = 1) -> Input:
    """Return the input in a file: an array (.npy), or an image.

    Args:
        sample: Shape of one sample, as the network takes it.
        batch: Samples that are wanted; one in the file is repeated.

    Raises:
        FileFault: The file cannot be read, or does not fit.
        MissingPackage: It is an image, and pillow is not installed.
    """
    if path.suffix.lower() == ".npy":
        return _from_array(path, sample, batch)
    return _from_image(path, sample, batch)


def _from_array(path: Path, sample: Shape, batch: int) -> Input:
    found = read_array(path, math.prod(sample) * max(batch, 1_024))
    if found.shape == sample:
        found = found[None]
    if found.shape[1:] != sample:
        raise FileFault(
            f"{path.name} holds {_spelled(found.shape)}; the network takes "
            f"{_spelled(sample)}, or several of them in a row"
        )
    note = f"{path.name}: {len(found)} of {_spelled(sample)}"
    if len(found) == 1 and batch > 1:
        found, note = np.repeat(found, batch, axis=0), f"{note}, repeated {batch} times"
    elif batch not in (1, len(found)):
        raise FileFault(f"{path.name} holds {len(found)} samples; {batch} are wanted")
    return Input(np.ascontiguousarray(found, np.float32), note)


def _from_image(path: Path, sample: Shape, batch: int) -> Input:
    import logging

    try:
        from PIL import Image
    except ImportError as error:
        raise MissingPackage("pillow", "images") from error
    mode = _mode(sample)
    # It would write on the screen of the editor what it thinks of a broken file.
    logging.getLogger("PIL").addHandler(logging.NullHandler())
    channels, height, width = sample
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            opened(path, _IMAGE) as stream,
            # Pillow would run another program for EPS.
            Image.open(stream, "r", _FORMATS) as image,
        ):
            size = image.size
            if math.prod(size) > limits.PIXELS:  # nothing is unpacked yet
                raise FileFault(f"{path.name} has more than {limits.PIXELS:,} pixels")
            fitted = image.convert(mode).resize(
                (width, height), Image.Resampling.BILINEAR
            )
            pixels = np.asarray(fitted, np.float32)
    except (*_FAULTS, Image.DecompressionBombError) as error:
        raise FileFault(f"{path.name} is no image that can be read") from error
    planes = pixels.reshape(height, width, channels).transpose(2, 0, 1)
    array = planes * np.float32(2 / 255) - np.float32(1)
    note = (
        f"{path.name}: {size[0]}×{size[1]} pixels, resized to {width}×{height} "
        f"({mode}, bilinear), values 0 … 255 scaled to −1 … 1"
    )
    return Input(np.repeat(array[None], batch, axis=0), note)


def _mode(sample: Shape) -> str:
    """Return what Pillow calls the channels of a sample, which must be an image."""
    if len(sample) != 3 or sample[0] not in (1, 3, 4):
        raise FileFault(
            f"an image has 1, 3 or 4 channels, height and width; the network takes "
            f"{_spelled(sample)}"
        )
    channels, height, width = sample
    if height * width > limits.PIXELS:
        raise FileFault(f"the network takes more than {limits.PIXELS:,} pixels")
    return {1: "L", 3: "RGB", 4: "RGBA"}[channels]


def _spelled(shape: Shape) -> str:
    return "×".join(map(str, shape)) if shape else "a single number"
