"""Sizes: documents made to cost time or memory; `test_limits` tries each limit."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest

from tests.documents import as_text, problems_of, text_of
from tests.program import Outcome, assert_no_traceback, environment, run
from tuicnn.core import limits

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


def blocks(depth: int, repeat: int = 1, inner: str = '[{"type": "relu"}]') -> str:
    """Return a document with blocks in blocks, each of them repeated."""
    opening = f'[{{"type": "block", "repeat": {repeat}, "layers": '
    return f"{START}{opening * depth}{inner}{'}]' * depth}}}"


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
