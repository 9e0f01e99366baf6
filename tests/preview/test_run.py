"""The forward pass as a whole: what it confirms, what it refuses, how it stops."""

import threading
import time

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.preview.networks import NAMES, network, normal, preset
from tests.preview.peak import measured
from tests.preview.settings import KINDS, settings
from tuicnn.core.check import check
from tuicnn.core.layers import layer_types
from tuicnn.preview.confirm import confirm, disagreements
from tuicnn.preview.engine import NumpyEngine
from tuicnn.preview.faults import Cancelled, LayerFault, TooMuchMemory, WeightsFault
from tuicnn.preview.plan import plan
from tuicnn.preview.run import Forward, Options, estimate, preview
from tuicnn.preview.weights import Weights

CONVOLUTION = {"type": "conv2d", "out_channels": 4, "kernel_size": 3}


def assert_confirmed(net, **options) -> None:
    trace = preview(net, options=Options(memory_limit=2**40, **options))
    sample = options.get("sample")
    report = check(net if sample is None else net.changed(input=sample))
    assert [str(row) for row in disagreements(confirm(report, trace))] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_row_of_every_preset_is_confirmed(name: str) -> None:
    assert_confirmed(preset(name))


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_presets_are_confirmed_at_batch_3_and_at_another_size(name: str) -> None:
    net = preset(name)
    assert_confirmed(net, batch=3)
    for more in (32, 16, 8, 4, 2, 1):
        sample = (net.input[0], *(size + more for size in net.input[1:]))
        if sample != net.input and check(net.changed(input=sample)).valid:
            assert_confirmed(net, sample=sample)
            return


@pytest.mark.parametrize("kind", KINDS)
def test_every_layer_type_is_confirmed(kind: str) -> None:
    for layer, sample in settings(kind, 20, seed=1):
        assert_confirmed(network([layer], sample), batch=2)


@st.composite
def stacks(draw) -> tuple[list[dict], list[int]]:
    """A few layers, each valid for what leaves the one before."""
    sample = [
        draw(st.integers(1, 6)),
        draw(st.integers(4, 12)),
        draw(st.integers(4, 12)),
    ]
    layers: list[dict] = []
    for _ in range(draw(st.integers(1, 6))):
        layer = draw(
            st.sampled_from(
                (
                    {**CONVOLUTION, "padding": 1},
                    {**CONVOLUTION, "padding": "same", "stride": 2, "name": None},
                    {"type": "max_pool2d", "kernel_size": 2, "ceil_mode": True},
                    {"type": "batch_norm"},
                    {"type": "relu"},
                    {"type": "dropout"},
                    {"type": "silu"},
                    {"type": "permute", "dims": [0, 1, 3, 2]},
                    {"type": "upsample", "scale_factor": 2},
                    {"type": "flatten"},
                    {"type": "linear", "out_features": 5},
                    {"type": "layer_norm2d"},
                    {
                        "type": "parallel",
                        "merge": "add",
                        "branches": [[{"type": "batch_norm"}, {"type": "relu"}], []],
                    },
                    {
                        "type": "parallel",
                        "merge": "concat",
                        "branches": [[{"type": "relu"}], [], [{"type": "tanh"}]],
                    },
                    {
                        "type": "block",
                        "repeat": 2,
                        "layers": [
                            {"type": "conv2d", "out_channels": 3, "kernel_size": 1}
                        ],
                    },
                )
            )
        )
        layer = {key: value for key, value in layer.items() if value is not None}
        if check(network([*layers, layer], sample)).valid:
            layers.append(layer)
    return layers, sample


@given(stacks(), st.integers(1, 3))
@example(stack=([{"type": "relu"}, {"type": "batch_norm"}], [1, 4, 4]), batch=1)
@hypothesis_settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
def test_random_networks_are_confirmed_however_they_are_run(stack, batch: int) -> None:
    layers, sample = stack
    net = network(layers, sample)
    assert_confirmed(net, batch=batch)
    x = normal((batch, *sample))
    fused = preview(net, x).output
    apart = preview(net, x, observe=lambda path, array: None).output
    np.testing.assert_allclose(fused, apart, rtol=1e-4, atol=1e-4)


def test_the_forward_pass_never_asks_a_rule_of_the_core(monkeypatch) -> None:
    nets = [
        network([layer], sample)
        for kind in KINDS
        for layer, sample in settings(kind, 3, seed=2)
    ]
    nets += [preset("lenet5"), preset("shufflenet-v2-x1-0"), preset("unet-padded")]
    wanted = [preview(net).output for net in nets]

    def poisoned(*arguments: object) -> None:
        raise AssertionError("the preview asked the core")

    for kind in layer_types().values():
        for rule in ("infer", "merged", "share", "spatial"):
            if hasattr(kind, rule):
                monkeypatch.setattr(kind, rule, poisoned)
    for net, array in zip(nets, wanted, strict=True):
        np.testing.assert_array_equal(preview(net).output, array)


def test_the_same_seed_gives_the_same_bytes_on_any_number_of_threads() -> None:
    net = preset("squeezenet1-1")
    outputs = [preview(net, options=Options(threads=n)).output for n in (1, 2, 3)]
    for output in outputs[1:]:
        np.testing.assert_allclose(output, outputs[0], rtol=1e-4, atol=1e-5)
    again = preview(net, options=Options(threads=2)).output
    np.testing.assert_array_equal(again, outputs[1])
    other = preview(net, options=Options(seed=1)).output
    assert np.abs(other - outputs[0]).max() > 0.01


def test_values_neither_die_nor_explode_through_150_layers() -> None:
    for name in ("resnet152", "densenet121", "vgg19", "efficientnet-b0"):
        rows = preview(preset(name)).rows
        assert min(row.std for row in rows if len(row.output_shape) > 1) > 0.005
        assert max(row.std for row in rows) < 100


def test_the_question_about_given_weights_is_answered_to_seven_digits() -> None:
    net = preset("matlab-2-6-1")
    x = np.array([[0.5, -0.25], [0, 0], [1, 1]], np.float32)
    seen = {}
    output = preview(net, x, observe=lambda path, one: seen.update({path: one.copy()}))
    hidden = [-0.87920, -0.99998, -0.99996, 1.00000, 0.95475, -0.99993]
    np.testing.assert_allclose(seen["tansig"][0], hidden, atol=6e-6)
    wanted = [2.0989054, -0.4092443, 1.0656745]
    np.testing.assert_allclose(output.output[:, 0], wanted, rtol=0, atol=6e-8)


def test_a_linear_layer_written_as_a_convolution_gives_equal_outputs() -> None:
    linear = preview(preset("fully-connected")).output.ravel()
    convolved = preview(preset("fully-convolutional"))
    assert np.abs(linear - convolved.output.ravel()).max() < 1e-4
    larger = preview(
        preset("fully-convolutional"), options=Options(sample=(3, 240, 260))
    )
    assert larger.output.shape == (1, 10, 3, 4)
    with pytest.raises(WeightsFault, match=r"fc1.weight: expected 64×4992"):
        preview(
            preset("fully-connected"),
            options=Options(sample=(3, 240, 260)),
            held=dict(Forward(preset("fully-connected")).weights.tensors()),
        )


@pytest.mark.parametrize("name", NAMES)
def test_the_foreseen_peak_is_the_measured_one(name: str) -> None:
    preview(preset("lenet5"))  # what is loaded once is not counted
    made = Forward(preset(name), Options(memory_limit=2**40))
    # Whatever else runs in this process adds to what is measured, and never less.
    found = measured(made)
    for _ in range(2):
        if found > made.peak:
            found = min(found, measured(made))
    assert found <= made.peak
    assert made.peak <= 1.5 * found


def test_a_pass_over_the_limit_is_refused_at_once_with_need_and_limit() -> None:
    net = network(
        [{"type": "conv2d", "out_channels": 1024, "kernel_size": 3}], [8, 32768, 32768]
    )
    started = time.process_time()
    with pytest.raises(
        TooMuchMemory, match=r"needs .* TiB .* the limit is .*GiB"
    ) as caught:
        preview(net)
    assert time.process_time() - started < 1
    assert caught.value.need > 10**12
    assert estimate(net) == caught.value.need


def test_a_pass_stops_in_the_layer_in_which_it_is_told_to() -> None:
    token = threading.Event()
    told: list[str] = []

    def stop_at_the_fourth(path: str, share: float) -> None:
        told.append(path)
        if len(told) == 4:
            token.set()

    with pytest.raises(Cancelled):
        preview(preset("vgg16"), token=token, progress=stop_at_the_fourth)
    assert len(told) == 4


def test_progress_names_layers_and_never_goes_back() -> None:
    told: list[tuple[str, float]] = []
    preview(preset("resnet18"), progress=lambda path, share: told.append((path, share)))
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert shares[0] >= 0 and 0.9 < shares[-1] <= 1
    assert {"conv1", "fc"} <= {path for path, _ in told}


def test_every_layer_is_observed_once_with_its_output() -> None:
    seen: dict[str, tuple[int, ...]] = {}
    trace = preview(
        preset("lenet5"), observe=lambda path, array: seen.update({path: array.shape})
    )
    leaves = {row.path: row.output_shape for row in trace.rows if not row.container}
    assert {path: shape[1:] for path, shape in seen.items()} == leaves


def test_values_that_are_no_numbers_are_named_with_their_layer() -> None:
    net = network(
        [{"type": "conv2d", "out_channels": 1, "kernel_size": 1}, {"type": "relu"}],
        [1, 2, 2],
    )
    x = np.ones((1, 1, 2, 2), np.float32)
    x[0, 0, 0, 0], x[0, 0, 1, 1] = np.nan, np.inf
    first = preview(net, x).first_not_finite
    assert first is not None
    assert (first.path, first.nans, first.infinities) == ("conv2d_1", 1, 1)


def test_statistics_are_those_of_the_array() -> None:
    net = network(
        [CONVOLUTION, {"type": "batch_norm"}, {"type": "sigmoid"}], [3, 40, 50]
    )
    seen = {}
    trace = preview(net, observe=lambda path, one: seen.update({path: one.copy()}))
    fused = preview(net)
    for row, other in zip(trace.rows, fused.rows, strict=True):
        wanted = seen[row.path]
        for one in (row, other):
            assert one.mean == pytest.approx(wanted.mean(), abs=1e-5)
            assert one.std == pytest.approx(wanted.std(), rel=1e-4)
            assert one.minimum == pytest.approx(wanted.min(), abs=1e-5)
            assert one.maximum == pytest.approx(wanted.max(), abs=1e-5)


def test_weights_in_a_document_that_do_not_fit_are_all_named() -> None:
    net = network(
        [{"type": "linear", "name": "fc", "out_features": 2}],
        [3],
        parameters={"fc.weight": [[1, 2], [3, 4]], "fc.gain": [1, 2]},
    )
    with pytest.raises(WeightsFault) as caught:
        preview(net)
    assert len(caught.value.mismatches) == 2


def test_skips_see_enclosing_lists_and_nothing_else() -> None:
    inner = {
        "type": "block",
        "name": "inner",
        "layers": [{"type": "add", "with": ["first"]}],
    }
    net = network([{"type": "relu", "name": "first"}, {"type": "tanh"}, inner], [4])
    x = np.array([[1.0, -1.0, 0.5, 2.0]], np.float32)
    positive = np.maximum(x, 0)
    np.testing.assert_allclose(
        preview(net, x).output, np.tanh(positive) + positive, rtol=1e-6
    )
    with pytest.raises(LayerFault, match="second"):
        preview(network([{"type": "add", "with": ["second"]}], [4]))


@pytest.mark.parametrize("name", ["mobilenet-v2", "resnext50-32x4d", "googlenet"])
def test_without_statistics_the_numbers_are_the_same(name: str) -> None:
    net = preset(name)
    plain = preview(net, options=Options(statistics=False)).output
    np.testing.assert_allclose(plain, preview(net).output, rtol=0, atol=1e-4)


def test_numbers_that_overflow_are_counted_without_a_warning_on_any_thread() -> None:
    net = network([{"type": "softplus"}, {"type": "batch_norm"}], [64, 100, 100])
    x = np.full((1, 64, 100, 100), 3e38, np.float32)
    trace = preview(net, x, Options(threads=3))
    assert trace.rows[0].infinities == 0
    assert trace.rows[1].infinities > 0


def test_an_engine_that_holds_its_weights_runs_again_on_another_input() -> None:
    convolution = {**CONVOLUTION, "padding": 1, "padding_mode": "reflect"}
    branches = [[{"type": "relu"}], []]
    net = network(
        [
            {"type": "parallel", "merge": "add", "branches": branches},
            convolution,
            {"type": "batch_norm"},
            {"type": "group_norm", "num_groups": 2},
            {"type": "flatten"},
            {"type": "linear", "out_features": 5},
        ],
        [3, 12, 12],
    )
    made = plan(net)
    engine = NumpyEngine(made, Weights(made), hold=True)
    for seed in range(3):
        x = normal((1, 3, 12, 12), seed)
        output, outcomes = engine.forward(x)
        fresh, others = NumpyEngine(made, Weights(made)).forward(x)
        np.testing.assert_array_equal(output, fresh)
        for one, other in zip(outcomes, others, strict=True):
            assert one.shape == other.shape
            assert one.statistics == other.statistics
