"""Headers with a value of the wrong kind anywhere: refused in words, each of them."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.preview.networks import network, store
from tests.program import ROOT, environment, refusal
from tests.structural import (
    DESCRIPTIONS,
    ODD,
    SIZES,
    npy,
    places,
    replaced,
    safetensors,
    without,
)
from tuicnn.preview.faults import FileFault, WeightsFault
from tuicnn.preview.inputs import read_input
from tuicnn.preview.plan import plan
from tuicnn.preview.run import Forward
from tuicnn.preview.weightfiles import load

NET = network([{"type": "linear", "name": "fc", "out_features": 2}], [3])
PLAN = plan(NET)
DATA = bytes(32)
ENTRIES = {
    "fc.weight": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
    "fc.bias": {"dtype": "F32", "shape": [2], "data_offsets": [24, 32]},
}
ARRAY = {"descr": "<f4", "fortran_order": False, "shape": (3, 4, 5)}
SAMPLE = (3, 4, 5)


def told(error: BaseException) -> str:
    assert isinstance(error, FileFault | WeightsFault)
    text = error.message
    assert text and len(text) < 1_000, text[:200]
    assert text.replace("\n", "").isprintable()
    return text


def loaded(path: Path, data: bytes) -> str:
    """Return why a file of weights is refused; empty where it is taken."""
    path.write_bytes(data)
    try:
        load(path, PLAN)
    except Exception as error:  # noqa: BLE001 - what it is, is the question
        return told(error)
    return ""


def entered(path: Path, data: bytes) -> str:
    """Return why an input is refused; empty where it is taken."""
    path.write_bytes(data)
    try:
        found = read_input(path, SAMPLE)
    except Exception as error:  # noqa: BLE001 - what it is, is the question
        return told(error)
    assert found.array.shape == (1, *SAMPLE)
    return ""


def test_what_is_not_odd_is_taken(tmp_path):
    assert loaded(tmp_path / "w.safetensors", safetensors(ENTRIES, DATA)) == ""
    assert entered(tmp_path / "x.npy", npy(ARRAY, bytes(240))) == ""


@pytest.mark.parametrize("place", [(), *places(ENTRIES)], ids=str)
def test_an_odd_value_in_a_header_of_tensors_is_refused(place, tmp_path):
    for odd in ODD:
        header = replaced(ENTRIES, place, odd)
        why = loaded(tmp_path / "w.safetensors", safetensors(header, DATA))
        assert bool(why) == (header != ENTRIES or type(odd) is bool), (place, odd)


@pytest.mark.parametrize("key", ["dtype", "shape", "data_offsets"])
def test_a_header_of_tensors_without_a_part_is_refused(key, tmp_path):
    header = without(ENTRIES, ("fc.bias", key))
    why = loaded(tmp_path / "w.safetensors", safetensors(header, DATA))
    assert why == "w.safetensors: the entry of fc.bias is malformed"


def test_a_name_of_a_tensor_is_quoted_briefly(tmp_path):
    name = "\x1b[2J" + "n" * 10**6
    for entry in ({}, {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}):
        header = safetensors({**ENTRIES, name: entry}, DATA)
        assert "nnn…" in loaded(tmp_path / "w.safetensors", header)


@pytest.mark.parametrize("place", [(), *places(ARRAY)], ids=str)
@pytest.mark.parametrize("version", [1, 2])
def test_an_odd_value_in_a_header_of_an_array_is_no_fault(place, version, tmp_path):
    for odd in (*ODD, *DESCRIPTIONS, *SIZES):
        header = replaced(ARRAY, place, odd)
        entered(tmp_path / "x.npy", npy(header, bytes(240), version))


@pytest.mark.parametrize(
    ("shape", "why"),
    [
        ((True, 3, 4, 5), "of a size that no array has"),
        ((2**16_000, 2**16_000), "of a size that no array has"),
        ((1, 2**70), "of a size that no array has"),
        ((0, 3, 4, 5), "of fewer than 1 number"),
        ((0, 2**32, 2**32, 2**32), "of fewer than 1 number"),
        ((1.0, 3, 4, 5), "is no array of NumPy"),
        ([3, 4, 5], "is no array of NumPy"),
    ],
)
def test_an_array_of_an_odd_shape_is_refused(shape, why, tmp_path):
    data = npy({**ARRAY, "shape": shape}, bytes(240))
    assert why in entered(tmp_path / "x.npy", data)


@pytest.mark.parametrize("order", [None, 0, 1, "no", [], ()])
def test_an_array_of_an_odd_order_is_refused(order, tmp_path):
    data = npy({**ARRAY, "fortran_order": order}, bytes(240))
    assert "is no array of NumPy" in entered(tmp_path / "x.npy", data)


@pytest.mark.parametrize("descr", DESCRIPTIONS, ids=repr)
def test_an_array_of_odd_numbers_is_refused(descr, tmp_path):
    why = entered(tmp_path / "x.npy", npy({**ARRAY, "descr": descr}, bytes(960)))
    assert bool(why) == (descr not in ("<f2", ">f8", "<f16", "f", "e"))


def test_the_command_line_says_it_in_a_sentence(tmp_path):
    path = tmp_path / "x.npy"
    path.write_bytes(npy({**ARRAY, "shape": (True, 28, 28)}, bytes(3_136)))
    text = refusal("preview", "lasagne-mnist", "--input", str(path))
    assert "x.npy has an axis of a size that no array has" in text
    path = tmp_path / "w.safetensors"
    path.write_bytes(safetensors({"fc.bias": {**ENTRIES["fc.bias"], "dtype": ["F32"]}}))
    text = refusal("preview", "lasagne-mnist", "--weights", str(path))
    assert "the entry of fc.bias is malformed" in text


# Archives that are packed as no other program packs them


def packed(kind: int) -> bytes:
    with zipfile.ZipFile(stream := io.BytesIO(), "w", kind) as archive:
        for key, shape, _ in PLAN.tensors():
            np.save(one := io.BytesIO(), np.ones(shape, np.float32))
            archive.writestr(f"{key}.npy", one.getvalue())
    return stream.getvalue()


@pytest.mark.parametrize("kind", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_an_archive_packed_otherwise_is_refused_sound_or_not(kind, tmp_path):
    data = packed(kind)
    why = "w.npz: fc.weight is compressed as no .npz file is"
    assert why in loaded(tmp_path / "w.npz", data)
    start = data.index(b"fc.weight.npy") + 13
    for at in range(start, start + 40):
        broken = data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]
        assert why in loaded(tmp_path / "w.npz", broken)


@pytest.mark.parametrize("kind", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_archive_packed_by_numpy_is_read(kind, tmp_path):
    assert loaded(tmp_path / "w.npz", packed(kind)) == ""


def test_it_does_without_modules_that_python_may_lack(tmp_path):
    (tmp_path / "lzma.npz").write_bytes(packed(zipfile.ZIP_LZMA))
    store(tmp_path / "sound.npz", Forward(NET).weights)
    code = (
        "import sys; sys.modules.update(_lzma=None, lzma=None, _bz2=None, bz2=None)\n"
        "from tests.preview.test_odd_headers import *\n"
        "from tuicnn.preview.weightfiles import load\n"
        f"folder = Path({str(tmp_path)!r})\n"
        "print(len(load(folder / 'sound.npz', PLAN)))\n"
        "try: load(folder / 'lzma.npz', PLAN)\n"
        "except FileFault as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False,
        cwd=ROOT, env=environment(),
    )  # fmt: skip
    assert done.stdout.startswith("2\nlzma.npz: fc.weight is compressed"), done.stderr


def test_an_array_of_no_samples_is_refused(tmp_path):
    path = tmp_path / "none.npy"
    np.save(path, np.zeros((0, *SAMPLE), np.float32))
    with pytest.raises(FileFault, match="fewer than 1"):
        read_input(path, SAMPLE)
