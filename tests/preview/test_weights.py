"""Weights: the same numbers whenever asked, and files that are read with suspicion."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.preview.networks import network, preset, store
from tuicnn.preview.faults import FileFault, WeightsFault
from tuicnn.preview.inputs import random_input, read_input
from tuicnn.preview.plan import plan
from tuicnn.preview.run import Forward, preview
from tuicnn.preview.weightfiles import load

NET = network(
    [
        {"type": "conv2d", "name": "conv", "out_channels": 4, "kernel_size": 3},
        {"type": "batch_norm", "name": "bn"},
        {"type": "flatten"},
        {"type": "linear", "name": "fc", "out_features": 5},
    ],
    [2, 6, 6],
)


def test_any_rows_of_a_tensor_can_be_made_alone() -> None:
    weights = Forward(preset("lenet5")).weights
    whole = weights.array("f6.weight")
    part = np.empty((7, 120), np.float32)
    weights.tensor("f6.weight").rows(30, part)
    np.testing.assert_array_equal(part, whole[30:37])


def test_random_weights_are_even_and_unlike_one_another() -> None:
    weights = Forward(preset("vgg11")).weights
    tensors = [weights.array(key) for key in ("conv3_1.weight", "conv3_2.weight")]
    for tensor in tensors:
        flat = tensor.ravel() / tensor.std()
        assert abs(flat.mean()) < 0.01
        assert np.abs(flat).max() == pytest.approx(3**0.5, rel=0.01)
        rows = tensor.reshape(len(tensor), -1)
        apart = np.corrcoef(rows[:64])
        assert np.abs(apart - np.eye(64)).max() < 0.15
    assert (
        abs(
            np.corrcoef(tensors[0].ravel(), tensors[1].ravel()[: tensors[0].size])[0, 1]
        )
        < 0.01
    )


@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
def test_saved_weights_give_the_same_output(tmp_path: Path, suffix: str) -> None:
    made = Forward(NET)
    path = tmp_path / f"weights{suffix}"
    store(path, made.weights)
    held = load(path, made.plan)
    assert list(held) == [key for key, _, _ in made.plan.tensors()]
    x = random_input((1, 2, 6, 6), 7)
    np.testing.assert_allclose(
        preview(NET, x, held=held).output, preview(NET, x).output, rtol=1e-5, atol=1e-6
    )
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_every_mismatch_is_reported_before_anything_is_read(tmp_path: Path) -> None:
    path = tmp_path / "wrong.npz"
    np.savez(path, **{"conv.weight": np.zeros((4, 2, 5, 5)), "other": np.zeros(3)})
    with pytest.raises(WeightsFault) as caught:
        load(path, plan(NET))
    lines = caught.value.mismatches
    assert "conv.weight: expected 4×2×3×3, found 4×2×5×5" in lines
    assert "other: no layer has this parameter" in lines
    assert "fc.bias: missing, expected 5" in lines
    assert len(lines) == 9


def entry(shape: str, dtype: str = "<f4", data: bytes = b"") -> bytes:
    header = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}"
    text = header.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + data


def archive(path: Path, *entries: tuple[str, bytes], packed: bool = False) -> Path:
    kind = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with zipfile.ZipFile(path, "w", kind) as file:
        for name, data in entries:
            file.writestr(name, data)
    return path


@pytest.mark.parametrize(
    "entries",
    [
        [("conv.weight.npy", entry("(1000000, 1000000)"))],
        [("conv.weight.npy", entry("(4, 2, 3, 3)", "|O"))],
        [("conv.weight.npy", b"not an array")],
        [("../conv.weight.npy", entry("(4, 2, 3, 3)"))],
        [("conv.weight.npy", entry("(4, 2, 3, 3)", "<f4", b"\0" * 8))],
    ],
)
def test_npz_files_that_lie_are_refused(tmp_path: Path, entries) -> None:
    path = archive(tmp_path / "weights.npz", *entries)
    with pytest.raises((FileFault, WeightsFault)):
        load(path, plan(NET))


def test_zip_bombs_are_refused(tmp_path: Path) -> None:
    data = entry("(10000000,)", "<f4", b"\0" * 40_000_000)
    path = archive(tmp_path / "bomb.npz", ("conv.weight.npy", data), packed=True)
    with pytest.raises(FileFault, match="grows more than"):
        load(path, plan(NET))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_entries_that_stand_twice_are_refused(tmp_path: Path) -> None:
    data = entry("(5,)", "<f4", b"\0" * 20)
    path = archive(tmp_path / "two.npz", ("fc.bias.npy", data), ("fc.bias.npy", data))
    with pytest.raises(FileFault, match="two entries"):
        load(path, plan(NET))


def tensors_file(path: Path, header: object, data: bytes = b"") -> Path:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)
    return path


def described(**changes: object) -> dict:
    return {
        "fc.bias": {"dtype": "F32", "shape": [5], "data_offsets": [0, 20], **changes}
    }


@pytest.mark.parametrize(
    "header",
    [
        b"{",
        b"[]",
        b"[" * 100_000,
        described(data_offsets=[0, 24]),
        described(data_offsets=[0, 2**60]),
        described(shape=[-5]),
        described(shape=[2**40]),
        described(dtype="I64"),
        described(shape="5"),
        {"fc.bias": 3},
        {**described(), "conv.bias": described()["fc.bias"]},
    ],
)
def test_safetensors_files_that_lie_are_refused(tmp_path: Path, header) -> None:
    path = tensors_file(tmp_path / "weights.safetensors", header, b"\0" * 20)
    with pytest.raises(FileFault):
        load(path, plan(NET))


def test_half_precision_is_read_as_what_it_means(tmp_path: Path) -> None:
    net = network(
        [{"type": "linear", "name": "fc", "out_features": 2, "bias": False}], [2]
    )
    values = np.array([[1.5, -2], [0.25, 3]], np.float32)
    half = (values.view(np.uint32) >> 16).astype("<u2").tobytes()
    header = {"fc.weight": {"dtype": "BF16", "shape": [2, 2], "data_offsets": [0, 8]}}
    path = tensors_file(tmp_path / "half.safetensors", header, half)
    np.testing.assert_array_equal(load(path, plan(net))["fc.weight"], values)


def test_an_array_is_taken_as_input_and_repeated_for_a_batch(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    np.save(path, np.ones((2, 6, 6)))
    found = read_input(path, (2, 6, 6), 3)
    assert found.array.shape == (3, 2, 6, 6)
    assert "repeated 3 times" in found.note


@pytest.mark.parametrize(
    "data", [b"", b"PK", entry("(10, 1000000000)"), entry("(2, 6, 7)")]
)
def test_inputs_that_do_not_fit_are_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.npy"
    path.write_bytes(data)
    with pytest.raises(FileFault):
        read_input(path, (2, 6, 6))


def test_an_image_is_resized_and_scaled_and_this_is_said(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    path = tmp_path / "cat.png"
    stream = io.BytesIO()
    image.new("RGB", (10, 20), (255, 0, 0)).save(stream, "PNG")
    path.write_bytes(stream.getvalue())
    found = read_input(path, (3, 8, 9))
    assert found.array.shape == (1, 3, 8, 9)
    assert found.array[0, 0].min() == 1 and found.array[0, 1].max() == -1
    assert "resized to 9×8" in found.note


def test_what_pytorch_counts_for_itself_is_allowed(tmp_path: Path) -> None:
    net = network([{"type": "batch_norm", "name": "bn"}], [1, 2, 2])
    header: dict[str, object] = {
        key: {"dtype": "F32", "shape": [1], "data_offsets": [4 * at, 4 * at + 4]}
        for at, (key, _, _) in enumerate(plan(net).tensors())
    }
    count = {"dtype": "I64", "shape": [], "data_offsets": [16, 24]}
    header["bn.num_batches_tracked"] = count
    path = tensors_file(tmp_path / "torch.safetensors", header, bytes(24))
    assert len(load(path, plan(net))) == 4
