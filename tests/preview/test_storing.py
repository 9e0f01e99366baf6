"""Weights on their way to a file: the same bytes as whole tensors, in little memory."""

from __future__ import annotations

import io
import json
import math
import resource
import subprocess
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.documents import text_of
from tests.preview.networks import network, preset, store
from tests.program import ROOT, command, environment, run
from tuicnn.core import limits
from tuicnn.preview import random, weights
from tuicnn.preview.faults import FileFault, PreviewError
from tuicnn.preview.recast import every_weight
from tuicnn.preview.run import Forward
from tuicnn.preview.scale import Spread
from tuicnn.preview.storing import weights_writer
from tuicnn.preview.weightfiles import load
from tuicnn.preview.weights import Weights

SUFFIXES = pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
SMALL = network(
    [
        {"type": "conv2d", "name": "conv", "out_channels": 7, "kernel_size": 3},
        {"type": "batch_norm", "name": "bn"},
        {"type": "flatten"},
        {"type": "linear", "name": "fc", "out_features": 5},
    ],
    [2, 6, 6],
)
WIDE = text_of((100_000,), {"type": "linear", "out_features": 100_000})


def as_whole(made: Weights, suffix: str) -> bytes:
    """Return what a file holds, each tensor made as a whole."""
    stream = io.BytesIO()
    if suffix == ".npz":
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
            for key, array in made.tensors():
                entry = zipfile.ZipInfo(f"{key}.npy", (1980, 1, 1, 0, 0, 0))
                with archive.open(entry, "w", force_zip64=True) as target:
                    np.lib.format.write_array(target, array, allow_pickle=False)
        return stream.getvalue()
    entries, data = {}, b""
    for key, array in made.tensors():
        place = [len(data), len(data) + 4 * array.size]
        entries[key] = {"dtype": "F32", "shape": [*array.shape], "data_offsets": place}
        data += array.astype("<f4").tobytes()
    header = json.dumps(entries, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    return len(header).to_bytes(8, "little") + header + data


def written(made: Weights, suffix: str) -> bytes:
    stream = io.BytesIO()
    weights_writer(Path(f"w{suffix}"), made)(stream)
    return stream.getvalue()


@SUFFIXES
@pytest.mark.parametrize("name", ["lenet5", "mobilenet-v3-small", "matlab-2-6-1"])
@pytest.mark.parametrize("block", [4_097, 2**20])
def test_blocks_of_tensors_are_the_tensors(name, suffix, block, monkeypatch):
    monkeypatch.setattr(weights, "_BLOCK", block)
    made = Forward(preset(name)).weights
    assert written(made, suffix) == as_whole(made, suffix)


@SUFFIXES
def test_weights_that_are_given_are_written_as_they_are(suffix):
    given = {"fc.bias": np.arange(5, dtype=np.float64), "bn.weight": np.ones(7, "<f2")}
    made = Forward(SMALL, held=given).weights
    assert written(made, suffix) == as_whole(made, suffix)


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (1, 50), (50, 1), (6, 7)])
@pytest.mark.parametrize("most", [1, 3, 7, 13, 14, 10**9])
def test_blocks_come_in_order_and_are_no_larger_than_asked(rows, columns, most):
    tensor = random.Tensor(3, "key", rows, columns, Spread(0.5, 2.0))
    whole = np.empty((rows, columns), np.float32)
    tensor.rows(0, whole)
    blocks = list(tensor.blocks(most))
    assert max(one.size for one in blocks) <= most
    np.testing.assert_array_equal(np.concatenate([b.ravel() for b in blocks]),
                                  whole.ravel())  # fmt: skip


class Nowhere(io.RawIOBase):
    """A file that keeps nothing, and knows how much it would."""

    def __init__(self) -> None:
        self.at = self.size = 0

    def writable(self):
        return True

    def seekable(self):
        return True

    def seek(self, offset, whence=0, /):
        self.at = offset + (0, self.at, self.size)[whence]
        return self.at

    def write(self, data, /):
        self.at += memoryview(data).nbytes
        self.size = max(self.size, self.at)
        return memoryview(data).nbytes


@SUFFIXES
@pytest.mark.parametrize("shape", [(4_096, 4_096), (2, 2**23), (2**18, 64)])
def test_a_large_tensor_takes_a_few_mebibytes(shape, suffix):
    outside, inside = shape
    layer = {"type": "linear", "out_features": outside, "bias": False}
    sample = [max(1, inside // 2**16), min(inside, 2**16)]
    made = Forward(network([{"type": "flatten"}, layer], sample)).weights
    write = weights_writer(Path(f"w{suffix}"), made)
    tracemalloc.start()
    try:
        write(nowhere := Nowhere())
        measured = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert nowhere.size > 4 * math.prod(shape) == 2**26
    assert measured < 2**23


# Files that could not be read again


@SUFFIXES
@pytest.mark.parametrize("far", [10**9, 700, 0])
def test_the_size_of_a_file_is_known_before(suffix, far, monkeypatch):
    # As of files of gibibytes, and of a hundred thousand entries: all is written long.
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", far)
    made = Forward(SMALL).weights
    size = len(written(made, suffix))
    for most, refused in ((size - 1, True), (size, False), (size + 1, False)):
        monkeypatch.setattr(limits, "WEIGHTS_BYTES", most)
        assert (f"would have {size:,} bytes; {most:,} is" in why(made, suffix)) == (
            refused
        )


def why(made: Weights, suffix: str) -> str:
    try:
        weights_writer(Path(f"w{suffix}"), made)
    except FileFault as error:
        return error.message
    return ""


def test_many_entries_make_a_longer_end(monkeypatch):
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 3)
    made = Forward(SMALL).weights
    monkeypatch.setattr(limits, "WEIGHTS_BYTES", len(written(made, ".npz")) - 1)
    assert "would have" in why(made, ".npz")


@SUFFIXES
def test_a_list_of_contents_is_no_longer_than_can_be_read(
    suffix, tmp_path, monkeypatch
):
    made = Forward(SMALL)
    path = tmp_path / f"w{suffix}"
    store(path, made.weights)
    data = path.read_bytes()
    if suffix == ".npz":
        length = int.from_bytes(data[-10:-6], "little")
    else:
        length = int.from_bytes(data[:8], "little")
    for most, refused in ((length - 1, True), (length, False), (length + 1, False)):
        monkeypatch.setattr(limits, "WEIGHTS_HEADER", most)
        told = why(made.weights, suffix)
        assert (f"would have {length:,} bytes in its list" in told) == refused
        if refused:
            with pytest.raises(FileFault):
                load(path, made.plan)
        else:
            assert len(load(path, made.plan)) == 8


@SUFFIXES
def test_a_file_that_is_too_large_is_refused_before_a_pass(suffix, tmp_path):
    arguments = ("preview", "-", "--save-weights", str(tmp_path / f"w{suffix}"))
    done = subprocess.run(
        command(*arguments), input=WIDE, capture_output=True, text=True, cwd=ROOT,
        env=environment(OPENBLAS_NUM_THREADS="1"), timeout=60, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30)),
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert f"w{suffix} would have 40,000,40" in done.stderr
    assert "4,294,967,296 is the limit of what can be read again" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_conversion_refuses_what_it_could_not_hold(tmp_path):
    text = text_of((100_000, 1, 1), {"type": "flatten"},
                   {"type": "linear", "out_features": 100_000})  # fmt: skip
    where = str(tmp_path / "w.npz")
    told = refusal_of_conversion(text, "--weights-out", where)
    assert "w.npz would have 40,000,40" in told
    assert "to carry the weights over needs 37.3 GiB" in refusal_of_conversion(
        text, "--measure"
    )
    assert list(tmp_path.iterdir()) == []


def refusal_of_conversion(text: str, *more: str) -> str:
    outcome = run("convert", "-", "linear-to-conv", *more, stdin=text)
    assert outcome.status == 2
    return outcome.err


def test_what_is_carried_over_is_bounded(monkeypatch):
    made = Forward(SMALL)
    need = 4 * made.plan.weight_count
    for limit, refused in ((need - 1, True), (need, False), (need + 1, False)):
        monkeypatch.setattr("tuicnn.preview.recast.default_limit", lambda: limit)  # noqa: B023
        if refused:
            with pytest.raises(PreviewError, match="to carry the weights over needs"):
                every_weight(made)
        else:
            assert len(every_weight(made)) == 8
