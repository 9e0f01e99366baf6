"""The background forward pass: what it confirms, keeps, refuses, writes."""

import dataclasses
import math
import multiprocessing
import subprocess
import sys
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tuicnn.preview.run
from tests.preview.networks import network, preset
from tests.program import resident
from tuicnn.core.check import check
from tuicnn.core.network import Network
from tuicnn.preview import allocator
from tuicnn.preview.allocator import give_back_large
from tuicnn.preview.faults import Cancelled, LayerFault
from tuicnn.preview.run import Options, estimate, preview
from tuicnn.ui.forwarding import (
    AUTOMATIC,
    automatic,
    cost,
    invitation,
    read_given,
    run_pass,
    save_activations,
)
from tuicnn.ui.passed import WHOLE, kept_of

SMALL = ("lenet5", "alexnet-torchvision", "conv1d-audio", "matlab-2-6-1", "separable")
BROKEN = [{"type": "conv2d", "out_channels": 4, "kernel_size": 9}]


def passed(net: Network, keep: str | None = None):
    return run_pass(check(net), threading.Event(), keep=keep)


@pytest.mark.parametrize("name", SMALL)
def test_presets_are_confirmed_row_by_row(name):
    report = check(preset(name))
    found = run_pass(report, threading.Event())
    assert not found.failure
    assert found.disagreement is None
    assert [one.path for one in found.confirmations] == [r.path for r in report.rows]


def test_a_network_with_errors_is_never_run(monkeypatch):
    monkeypatch.setattr(tuicnn.preview.run, "Forward", None)
    found = passed(network(BROKEN, [1, 5, 5]))
    assert found.failure == "The network has 1 error: it comes first."
    assert (found.trace, found.confirmations) == (None, ())


def test_a_network_without_layers_has_nothing_to_confirm():
    found = passed(network([], [1, 5, 5]))
    assert (found.trace, found.confirmations, found.failure) == (None, (), "")


def test_too_little_memory_is_a_sentence(monkeypatch):
    monkeypatch.setattr(tuicnn.preview.run, "default_limit", lambda: 1000)
    found = passed(preset("lenet5"))
    assert found.failure.startswith("The forward pass needs ")
    assert "it may have 1000 B" in found.failure


def test_a_layer_that_takes_too_much_to_keep_is_not_kept(monkeypatch):
    net = preset("lenet5")
    limit = estimate(net, Options())
    monkeypatch.setattr(tuicnn.preview.run, "default_limit", lambda: limit)
    found = passed(net, check(net).rows[0].path)
    assert found.trace is not None
    assert found.kept is None
    assert "of memory" in found.note


def test_a_wrong_prediction_is_a_disagreement():
    report = check(preset("lenet5"))
    row = report.rows[2]
    rows = (*report.rows[:2], row._replace(output=(9, 9, 9)), *report.rows[3:])
    found = run_pass(dataclasses.replace(report, rows=rows), threading.Event())
    assert found.disagreement is not None
    assert found.disagreement.path == row.path
    assert found.disagreement.predicted_shape == (9, 9, 9)


@pytest.mark.parametrize("name", ["lenet5", "mobilenet-v3-small", "conv1d-audio"])
def test_what_is_kept_is_what_left_the_layer(name):
    net = preset(name)
    report = check(net)
    outputs = {}
    preview(net, observe=lambda path, values: outputs.update({path: values.copy()}))
    for row in report.rows[:: max(1, len(report.rows) // 8)]:
        kept = passed(net, row.path).kept
        assert kept is not None
        assert (kept.path, kept.shape, kept.share) == (row.path, row.output, 1)
        if row.path in outputs:
            assert np.array_equal(kept.values, outputs[row.path][0])


def test_a_block_keeps_what_its_last_layer_gives():
    inner = [{"type": "conv2d", "out_channels": 2, "kernel_size": 3}, {"type": "relu"}]
    net = network([{"type": "block", "name": "b", "layers": inner}], [1, 8, 8])
    block, relu = passed(net, "b").kept, passed(net, "b.relu_1").kept
    assert np.array_equal(block.values, relu.values)
    assert block.values.min() == 0


def test_a_block_of_nothing_keeps_the_input():
    net = network([{"type": "block", "name": "b", "layers": []}], [2, 3, 3])
    assert passed(net, "b").kept.values.shape == (2, 3, 3)


def test_an_unknown_layer_keeps_nothing():
    found = passed(preset("lenet5"), "nowhere")
    assert found.trace is not None
    assert (found.kept, found.asked) == (None, "nowhere")


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=4))
def test_no_more_than_a_limit_is_kept(shape):
    # One number, repeated without memory: only what is kept is ever copied.
    kept = kept_of("x", np.broadcast_to(np.float32(1), (1, *shape)))
    assert kept.values.size <= WHOLE
    assert kept.values.ndim == len(shape)
    assert kept.shape == tuple(shape)
    if math.prod(shape) <= WHOLE:
        assert kept.share == 1
    for axis, count in enumerate(kept.values.shape):
        assert kept.place(axis, count - 1) < shape[axis]


def test_long_vectors_keep_every_nth_value():
    values = np.arange(2**20, dtype=np.float32).reshape(1, -1)
    kept = kept_of("x", values)
    assert kept.steps == (4,)
    assert kept.values[:2].tolist() == [kept.place(0, 0), kept.place(0, 1)] == [2, 6]


def test_huge_maps_keep_64_channels_of_256_by_256():
    kept = kept_of("x", np.broadcast_to(np.float32(1), (1, 128, 1024, 512)))
    assert kept.values.shape == (64, 256, 256)
    assert kept.steps == (2, 4, 2)


def test_a_set_token_cancels():
    token = threading.Event()
    token.set()
    with pytest.raises(Cancelled):
        run_pass(check(preset("lenet5")), token)


def test_a_token_set_on_the_way_cancels():
    token = threading.Event()
    seen = []

    def stop(path: str, share: float) -> None:
        seen.append(share)
        token.set()

    with pytest.raises(Cancelled):
        run_pass(check(preset("alexnet-torchvision")), token, stop)
    assert len(seen) == 1


def test_progress_is_reported_at_most_twenty_times_a_second():
    seen = []
    net = network([{"type": "relu"}] * 300, [8])
    run_pass(check(net), threading.Event(), lambda path, share: seen.append(path))
    assert 1 <= len(seen) < 100


def test_short_passes_run_by_themselves_and_long_ones_do_not():
    assert automatic(check(preset("resnet50")))
    report = check(preset("vgg16"))
    assert cost(report) == report.totals.macs > AUTOMATIC
    assert not automatic(report)
    assert invitation(report) == "press f5 to run: 15.5 G MACs"


@pytest.mark.parametrize(
    ("layers", "sample"),
    [
        ([{"type": "relu"}] * 4, [64, 512, 512]),
        ([{"type": "linear", "out_features": 30_000}], [10_000]),
    ],
    ids=["values", "weights"],
)
def test_few_macs_are_not_always_a_short_pass(layers, sample):
    report = check(network(layers, sample))
    assert cost(report) < AUTOMATIC
    assert not automatic(report)


def test_every_output_is_saved(tmp_path):
    report = check(preset("lenet5"))
    count, result = save_activations(report, tmp_path / "a.npz")
    assert result.durable
    with np.load(tmp_path / "a.npz") as archive:
        assert len(archive.files) == count
        for row in report.rows:
            assert archive[row.path].shape == (1, *row.output)


def test_what_was_given_to_go_in_is_what_the_saved_outputs_are_of(tmp_path):
    net = preset("matlab-2-6-1")
    given = read_given("0.5, -0.25", net.input)
    save_activations(check(net), tmp_path / "a.npz", given=given)
    shown = run_pass(check(net), threading.Event(), given=given).trace
    with np.load(tmp_path / "a.npz") as archive:
        last = archive[archive.files[-1]]
    assert last.tolist() == shown.output.tolist()
    assert last.item() == pytest.approx(2.0989054, abs=1e-6)


def test_a_cancelled_file_is_not_there(tmp_path):
    token = threading.Event()
    token.set()
    with pytest.raises(Cancelled):
        save_activations(check(preset("lenet5")), tmp_path / "a.npz", token)
    assert not list(tmp_path.iterdir())


def test_a_network_with_errors_is_not_saved(tmp_path):
    with pytest.raises(LayerFault, match="comes first"):
        save_activations(check(network(BROKEN, [1, 5, 5])), tmp_path / "a.npz")
    assert not list(tmp_path.iterdir())


def test_the_pane_is_imported_without_numpy():
    code = (
        "import sys, tuicnn.ui.forwarding, tuicnn.ui.widgets.activations;"
        "sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def kept_by_passes() -> tuple[int, bool]:
    """Return the bytes that passes in several threads leave, and whether they are to.

    It must run in a process of its own.
    """

    def large(channels: int) -> None:
        layer = {"type": "conv2d", "out_channels": channels, "kernel_size": 3}
        net = network([layer, layer | {"out_channels": 64}], [3, 200, 200])
        assert not passed(net).failure

    passed(preset("lenet5"))
    before = resident()
    with ThreadPoolExecutor(4) as threads:
        for _ in threads.map(large, [32, 64, 96] * 8):
            continue
    return resident() - before, give_back_large()


@pytest.mark.slow
def test_passes_in_any_thread_give_their_memory_back():
    alone = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=alone) as process:
        kept, known = process.submit(kept_by_passes).result()
    assert kept < 20 * 2**20 or not known


@pytest.mark.parametrize("error", [AttributeError, OSError, TypeError])
def test_a_c_library_that_knows_no_such_wish_is_left_alone(error, monkeypatch):
    def library(name):
        raise error

    monkeypatch.setattr(allocator, "ctypes", SimpleNamespace(CDLL=library))
    give_back_large.cache_clear()
    try:
        assert not give_back_large()
        assert not passed(preset("lenet5")).failure
    finally:
        give_back_large.cache_clear()
