"""Sizes: every limit and its neighbours, and documents made to cost time or memory."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.documents import as_text, problems_of, text_of
from tests.program import Outcome, assert_no_traceback, environment, run
from tuicnn.core import limits
from tuicnn.core.diagnostics import Code, Diagnostic, Severity
from tuicnn.core.fieldhelp import module_strings

RELU = {"type": "relu"}
SECONDS, MEMORY = 2, 512 * 2**20
START = '{"format": "tuicnn/1", "name": "n", "input": [3, 9, 9], "layers": '

_CHILD = """
import resource
resource.setrlimit(resource.RLIMIT_AS, (%d, %d))
from tuicnn.__main__ import main
main()
"""


def bounded(*arguments: str, stdin: str) -> Outcome:
    """Run a child within 512 MB, and assert that it took under 2 s of the processor."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", _CHILD % (MEMORY, MEMORY), *arguments],
        input=stdin.encode(),
        capture_output=True,
        env=environment(),
        timeout=4 * SECONDS,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    outcome = Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert_no_traceback(outcome)
    assert "memory" not in outcome.err
    assert used < SECONDS
    return outcome


def errors_of(text: str) -> list[Diagnostic]:
    """Return the errors of a document, its warnings left out."""
    return [one for one in problems_of(text) if one.severity is Severity.ERROR]


def blocks(depth: int, repeat: int = 1, inner: str = '[{"type": "relu"}]') -> str:
    """Return a document with blocks in blocks, each of them repeated."""
    opening = f'[{{"type": "block", "repeat": {repeat}, "layers": '
    return f"{START}{opening * depth}{inner}{'}]' * depth}}}"


def valued(count: int) -> str:
    """Return a document with the values of a parameter of so many numbers."""
    layer = {"type": "linear", "name": "fc", "out_features": 1, "bias": False}
    return text_of((count,), layer, parameters={"fc.weight": [[0.5] * count]})


def conv(field: str) -> Callable[[int], str]:
    """Return how to make a document with a convolution that has a field's value."""
    layer = {"type": "conv1d", "out_channels": 1, "kernel_size": 1}
    if field == "dilation":
        layer["kernel_size"] = 2
    return lambda size: text_of((1, 4096), {**layer, field: size})


def columns(size: int) -> int:
    """Return the width of a map 1024×32768×… next to so many numbers."""
    return 32_768 + size - limits.ELEMENTS


BOUNDS: dict[str, tuple[tuple[str, Callable[[int], str]], ...]] = {
    "LAYERS": (
        ("in a row", lambda count: text_of((1,), *[RELU] * count)),
        ("repeated", lambda count: text_of((1,), *[RELU] * (count % 100), {
            "type": "block", "repeat": count // 100, "layers": [RELU] * 100})),
    ),
    "ROWS": (
        ("repetitions of nothing", lambda count: text_of((1,), *(
            {"type": "block", "repeat": repeat, "layers": []}
            for repeat in (*[20_000] * 9, count - 9 * 20_001 - 1)))),
    ),
    "NESTING": (
        ("blocks", blocks),
        ("branches", lambda depth: START
            + '[{"type": "parallel", "merge": "add", "branches": [' * depth
            + "[]" + "]}]" * depth + "}"),
    ),
    "INPUT_SIZE": (
        ("length", lambda size: text_of((1, size))),
        ("width", lambda size: text_of((1, 1, size))),
        ("depth", lambda size: text_of((1, size, 1, 1))),
    ),
    "ELEMENTS": (
        ("input", lambda size: text_of((1024, 32_768, columns(size)))),
        ("output", lambda size: text_of((1024, 1, 1), {
            "type": "upsample", "size": [32_768, columns(size)]})),
    ),
    "WINDOW": tuple(
        (field, conv(field))
        for field in ("kernel_size", "stride", "padding", "dilation")
    ),
    "CHANNELS": (
        ("input", lambda count: text_of((count,))),
        ("convolution", lambda count: text_of((1, 1), {
            "type": "conv1d", "kernel_size": 1, "out_channels": count})),
        ("linear", lambda count: text_of((1,), {
            "type": "linear", "out_features": count})),
    ),
    "NAME": (
        ("layer", lambda length: text_of((1,), {**RELU, "name": "n" * length})),
        ("network", lambda length: text_of((1,), name="n" * length)),
    ),
    "TEXT": tuple(
        (key, lambda length, key=key: text_of((1,), **{key: "é" * length}))
        for key in ("title", "description", "source")
    ),
    "PARAMETER_VALUES": (("values", valued),),
    "EXPECTATIONS": (
        ("expectations", lambda count: text_of((1,), expect=["layers == 0"] * count)),
    ),
    "AXES": (
        ("reshape", lambda count: text_of((1,), {
            "type": "reshape", "shape": [1] * count})),
        ("unflatten", lambda count: text_of((1, 1), {
            "type": "unflatten", "dim": 1, "unflattened_size": [1] * (count - 1)})),
    ),
}  # fmt: skip
ELSEWHERE = {
    "FILE_BYTES": "test_bad_size.py",
    "DIAGNOSTICS": "test_bad_size.py",
    "JSON_DEPTH": "core/test_jsontext.py",
    "PASTE": "ui/test_paste.py",
    "SETTINGS_BYTES": "ui/test_config.py",
    "UNDO_BYTES": "core/test_history.py",
    "WEIGHTS_BYTES": "preview/test_limits.py",
    "WEIGHTS_HEADER": "preview/test_limits.py",
    "WEIGHTS_RATIO": "preview/test_limits.py",
    "PIXELS": "preview/test_limits.py",
    "PREVIEW_BYTES": "preview/test_limits.py",
}
"""Where the limits are tried that no document can meet."""
CASES = [(name, how, make) for name, ways in BOUNDS.items() for how, make in ways]


def test_every_limit_is_tried():
    assert {*BOUNDS, *ELSEWHERE} == module_strings(limits).keys()
    for name, place in ELSEWHERE.items():
        text = (Path(__file__).parent / place).read_text("utf-8")
        assert name.replace("JSON_DEPTH", "MAX_DEPTH") in text


@pytest.mark.parametrize(("more", "told"), [(-1, 999), (0, 1000), (1, 1000)])
def test_as_many_problems_are_told_as_the_limit(more, told):
    layers = [{"type": "x"}] * (limits.DIAGNOSTICS + more)
    assert len(problems_of(text_of((1,), *layers))) == told


@pytest.mark.parametrize(
    ("name", "make"),
    [(name, make) for name, _, make in CASES],
    ids=[f"{name}-{how}" for name, how, _ in CASES],
)
def test_a_limit_is_within_bounds_and_the_next_size_is_not(name, make):
    limit = getattr(limits, name)
    assert not errors_of(make(limit - 1))
    assert not errors_of(make(limit))
    (problem,) = errors_of(make(limit + 1))
    assert problem.code in (Code.TOO_LARGE, Code.INVALID_VALUE, Code.TOO_MANY_ELEMENTS)
    assert problem.line is not None
    assert any(
        shown in problem.message
        for shown in (f"{limit:,}", str(limit), "2⁴⁰", f"more than {limit} axes")
    )


def test_a_file_may_be_as_large_as_the_limit(tmp_path):
    path = tmp_path / "net.json"
    text = text_of((1,), RELU).encode()
    for size, status in ((-1, 0), (0, 0), (1, 2)):
        path.write_bytes(text.ljust(limits.FILE_BYTES + size))
        outcome = run("check", str(path))
        assert outcome.status == status
        assert_no_traceback(outcome)
    assert "larger than the limit of 8 MiB" in outcome.err


@pytest.mark.parametrize(
    "text",
    [
        text_of((1,), *[{"type": "x"}] * (limits.DIAGNOSTICS + 9)),
        text_of((1,), *[{**RELU, "name": "same"}] * (limits.DIAGNOSTICS + 9)),
        text_of((1,), *[{"type": "linear"}] * (limits.DIAGNOSTICS + 9)),
        text_of((1,), parameters=dict.fromkeys(map(str, range(1009)), 1)),
    ],
    ids=["types", "names", "fields", "parameters"],
)
def test_no_more_problems_are_told_than_the_limit(text):
    assert len(problems_of(text)) == limits.DIAGNOSTICS


HEAVY = {
    "nested lists": ("[" * 10**5, 2),
    "nested and closed lists": ("[" * 10**5 + "]" * 10**5, 2),
    "nested objects": ('{"a":' * 10**5, 2),
    "an open string": ('{"a": "' + "x" * 10**6, 2),
    "escapes": ('{"a": "' + r"\u0041" * 10**6 + '"}', 2),
    "a million layers": (START + "[" + '{"type":"relu"},' * 10**6 + "]}", 2),
    "layers up to the size": (START + "[" + '{"type":"relu"},' * 500_000, 2),
    "sound layers up to the size": (text_of((1,), *[RELU] * 380_000), 1),
    "a hundred thousand bad layers": (text_of((1,), *[{"type": "x"}] * 10**5), 1),
    "a million numbers for layers": (START + "[" + "0," * 10**6 + "0]}", 1),
    "a hundred thousand unknown keys":
        (text_of((1,), {**RELU, **{f"k{i}": 1 for i in range(10**5)}}), 1),
    "bad fields": (text_of((1,), *[{"type": "conv2d", "stride": 0}] * 19_999), 1),
    "equal names": (text_of((1,), *[{**RELU, "name": "same"}] * 19_999), 1),
    "unknown skips": (text_of((1,), *[{**RELU, "name": f"layer{i * 7919}"}
                                      for i in range(9_000)],
                              *[{"type": "add", "with": ["layer"]}] * 2_000), 1),
    "empty repeated blocks": (blocks(2, 20_000, "[]"), 1),
    "empty repeated blocks, deeply": (blocks(32, 20_000, "[]"), 1),
    "empty branches, repeated": (
        blocks(2, 999, '[{"type": "parallel", "merge": "add", "branches": [[]]}]'), 1),
    "a block over the limit": (blocks(2, 150), 1),
    "a hundred thousand branches": (START + '[{"type": "parallel", "merge": "concat", '
                                    f'"branches": [{"[]," * 10**5}[]]}}]}}', 0),
    "a hundred thousand skips": (text_of((1,), {**RELU, "name": "a"},
                                         {"type": "add", "with": ["a"] * 10**5}), 0),
    "a million values": (text_of((1,), parameters={"a": [1] * 10**6}), 1),
    "a long name": (text_of((1,), {**RELU, "name": "x" * 10**6}), 1),
    "a long type": (text_of((1,), {"type": "x" * 10**6}), 1),
    "a long key": (text_of((1,), {**RELU, "x" * 10**6: 1}), 1),
    "a long title": (text_of((1,), title="x" * 10**6), 1),
    "a long expectation": (text_of((1,), expect=['layers["' * 500]), 1),
    "many digits": (text_of((1,), expect=["layers < " + "9" * 4000]), 1),
}  # fmt: skip


@pytest.mark.parametrize("name", HEAVY)
def test_a_heavy_document_is_answered_in_time_and_within_memory(name):
    text, status = HEAVY[name]
    outcome = bounded("check", "-", stdin=text)
    assert outcome.status == status, outcome.err
    assert outcome.out + outcome.err
    assert len(outcome.out) < 500_000


def upsampled(*sizes: int) -> str:
    """Return a document that resizes a sequence again and again."""
    return text_of((1, 65_536), *[{"type": "upsample", "size": size} for size in sizes])


SIGHTS = {
    "resizes without a common measure": upsampled(65_521, 65_519, 65_497),
    "branches without a common measure": text_of((1, 65_536), {
        "type": "parallel", "merge": "add", "branches": [
            [{"type": "upsample", "size": 65_521}],
            [{"type": "upsample", "size": one} for one in (65_519, 65_521)],
            [{"type": "adaptive_avg_pool1d", "output_size": 65_521}]]}),
    "transposed convolutions": text_of((1, 2), *[{
        "type": "conv_transpose1d", "out_channels": 1, "kernel_size": 3, "stride": 2}
        ] * 30),
    "enlargements and reductions": text_of((1, 65_536), *[
        {"type": "upsample", "scale_factor": 1.37}, {"type": "max_pool1d",
         "kernel_size": 3, "stride": 2, "padding": 1}] * 8),
}  # fmt: skip


@pytest.mark.parametrize("name", SIGHTS)
def test_a_receptive_field_takes_no_longer_than_its_network(name):
    assert bounded("summary", "-", stdin=SIGHTS[name]).status == 0


@pytest.mark.parametrize("text", [blocks(33), blocks(1, 20_001), blocks(2, 200)],
                         ids=["nesting", "repeat", "product"])  # fmt: skip
@pytest.mark.parametrize("command", ["summary", "explain", "export", "check"])
def test_every_command_says_what_is_too_large(text, command):
    outcome = run(command, "-", stdin=text)
    assert outcome.status == 1
    printed = outcome.out + outcome.err
    assert any(shown in printed for shown in ("32", "20,000", "20000"))


def test_a_document_without_layers_and_with_an_error_is_explained_with_the_error():
    outcome = run("explain", "-", stdin=as_text({
        "format": "tuicnn/1", "name": "n", "input": [1], "layers": [],
        "parameters": {"a": 1}}))  # fmt: skip
    assert outcome.status == 1
    assert "no parameter" in outcome.out + outcome.err
