"""`tuicnn preview`: what it confirms, what it keeps, what it refuses."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
from pathlib import Path

import numpy as np
import pytest

from tests.documents import text_of
from tests.program import answer, command, environment, refusal, run

HUGE = text_of(
    (1, 65_536, 65_536), {"type": "conv2d", "out_channels": 256, "kernel_size": 3}
)
WRONG = text_of((3, 9, 9), {"type": "linear", "out_features": 4})


def saved(folder: Path, *values: float) -> str:
    """Write an input as an array of NumPy and return its path."""
    path = folder / "x.npy"
    np.save(path, np.array(values, np.float32))
    return str(path)


def test_every_row_is_shown_and_confirmed() -> None:
    text = answer("preview", "lasagne-mnist")
    assert text.count("✓") == 8
    assert "✓ Every shape and parameter count is confirmed: 7 rows" in text


@pytest.mark.parametrize(
    ("values", "output"),
    [
        ((0.5, -0.25), "2.0989054"),
        ((0.0, 0.0), "−0.4092443"),
        ((1.0, 1.0), "1.0656745"),
    ],
)
def test_weights_of_the_document_give_its_output(
    tmp_path: Path, values: tuple[float, float], output: str
) -> None:
    text = answer("preview", "matlab-2-6-1", "--input", saved(tmp_path, *values))
    assert f"output: {output}" in text


def test_hidden_values_can_be_kept(tmp_path: Path) -> None:
    kept = tmp_path / "hidden.npz"
    answer(
        "preview",
        "matlab-2-6-1",
        "--input",
        saved(tmp_path, 0.5, -0.25),
        "--activations",
        str(kept),
    )
    hidden = np.load(kept)["tansig"].ravel()
    wanted = [-0.87920, -0.99998, -0.99996, 1.00000, 0.95475, -0.99993]
    assert np.abs(hidden - wanted).max() < 1e-5


def test_the_preview_object_is_that_of_the_analysis() -> None:
    found = json.loads(answer("preview", "lenet5", "--json", "--seed", "3"))
    assert (found["engine"], found["seed"], found["batch"]) == ("numpy", 3, 1)
    assert found["confirmed"] is True
    analysis = json.loads(answer("export", "lenet5", "--with-preview"))
    assert analysis["preview"]["confirmed"] is True
    assert [row["path"] for row in analysis["preview"]["layers"]] == [
        row["path"] for row in analysis["layers"]
    ]
    assert {"output_shape", "parameter_count", "milliseconds", "mean", "std"} <= set(
        analysis["preview"]["layers"][0]
    )


def test_weights_that_were_kept_give_the_same_output(tmp_path: Path) -> None:
    for suffix in (".npz", ".safetensors"):
        weights = str(tmp_path / f"w{suffix}")
        first, second = str(tmp_path / "a.npy"), str(tmp_path / "b.npy")
        wanted = ("--save-weights", weights, "--output", first)
        answer("preview", "lenet5", *wanted, "--force")
        answer("preview", "lenet5", "--weights", weights, "--output", second, "--force")
        assert np.array_equal(np.load(first), np.load(second))
        assert np.load(first).shape == (1, 10)


def test_a_seed_names_a_forward_pass(tmp_path: Path) -> None:
    outputs = []
    for seed in ("1", "1", "2"):
        path = tmp_path / f"o{len(outputs)}.npy"
        answer("preview", "lenet5", "--seed", seed, "--output", str(path))
        outputs.append(np.load(path))
    assert np.array_equal(outputs[0], outputs[1])
    assert not np.allclose(outputs[0], outputs[2])


def test_a_batch_goes_through_together(tmp_path: Path) -> None:
    path = tmp_path / "o.npy"
    answer("preview", "lenet5", "--batch", "3", "--output", str(path))
    assert np.load(path).shape == (3, 10)


def test_what_is_too_large_is_refused_before_anything_is_allocated() -> None:
    text = refusal("preview", "-", stdin=HUGE)
    assert "8.0 TiB" in text
    assert "--memory-limit" in text
    text = refusal("preview", "lenet5", "--memory-limit=100K")
    assert "the limit is 100.0 KiB" in text


def test_weights_of_another_network_are_refused_one_by_one(tmp_path: Path) -> None:
    weights = str(tmp_path / "w.npz")
    answer("preview", "lenet5", "--save-weights", weights)
    text = refusal("preview", "two-conv-32", "--weights", weights)
    assert "c1.weight: no layer has this parameter" in text
    assert "conv1.weight: missing, expected 3×1×5×5" in text


def test_inputs_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    assert "the network takes 2" in refusal(
        "preview", "matlab-2-6-1", "--input", saved(tmp_path, 1, 2, 3)
    )
    (tmp_path / "junk.npy").write_bytes(b"junk")
    junk = str(tmp_path / "junk.npy")
    assert "is no array of NumPy" in refusal("preview", "lenet5", "--input", junk)
    assert "cannot be read" in refusal("preview", "lenet5", "--input", "no.npy")
    assert "write 512M or 2G" in refusal("preview", "lenet5", "--memory-limit", "x")


def test_a_network_with_errors_is_not_run() -> None:
    outcome = run("preview", "-", stdin=WRONG)
    assert outcome.status == 1
    assert outcome.out == ""
    assert "linear-on-map" in outcome.err


def test_an_interrupt_stops_it_and_leaves_no_file(tmp_path: Path) -> None:
    kept = tmp_path / "a.npz"
    arguments = command("preview", "unet", "--batch", "4", "--memory-limit", "20G")
    reading, writing = pty.openpty()
    with subprocess.Popen(
        [*arguments, "--activations", str(kept)],
        stdout=subprocess.PIPE,
        stderr=writing,
        env=environment(TERM="xterm"),
    ) as child:
        os.close(writing)
        shown = b""
        while b"%" not in shown:  # the bar: layers are being computed
            shown += os.read(reading, 1024)
        child.send_signal(signal.SIGINT)
        assert child.stdout is not None
        assert child.stdout.read() == b""
        assert child.wait(30) == 130
    os.close(reading)
    assert list(tmp_path.iterdir()) == []
