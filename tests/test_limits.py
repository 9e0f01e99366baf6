"""Every limit, tried: one less than it and it itself are taken, one more is not."""

from __future__ import annotations

import io
import json
import os
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.changes import conv as layer
from tests.documents import problems_of, report_of_text, text_of
from tests.preview.networks import network
from tests.preview.test_limits import PLAN, png
from tests.preview.test_weights import archive, tensors_file
from tests.program import answer, assert_no_traceback, run
from tests.test_bad_size import RELU, START, blocks
from tuicnn.core import limits
from tuicnn.core.diagnostics import Code, Severity
from tuicnn.core.edits import Describe
from tuicnn.core.fieldhelp import module_strings
from tuicnn.core.history import History
from tuicnn.core.jsontext import JsonError, parse
from tuicnn.core.network import Network
from tuicnn.preview.faults import FileFault, TooMuchMemory, WeightsFault
from tuicnn.preview.inputs import read_input
from tuicnn.preview.run import Forward, estimate
from tuicnn.preview.weightfiles import load
from tuicnn.ui.config import read_config
from tuicnn.ui.pasted import one_line_of

WARNS = {"type": "softmax"}
"""It is not said over which axis of a sequence."""


@dataclass(frozen=True)
class Desk:
    """Where a limit is tried.

    Attributes:
        folder: An empty folder.
        patch: What is set there is taken back.
        limit: The limit, as it is or as it was lowered.
    """

    folder: Path
    patch: pytest.MonkeyPatch
    limit: int


Accepts = Callable[[Desk, int], bool]
"""Make the case of a size, and return whether it is taken."""


@dataclass(frozen=True)
class Trial:
    """One way to meet a limit.

    Attributes:
        way: What has the size.
        lowered: The limit that is set for it, where the true one costs too much.
    """

    way: str
    accepts: Accepts
    lowered: int | None = None


def documents(*ways: tuple[str, Callable[[int], str]]) -> tuple[Trial, ...]:
    """Return trials of documents that have a size."""
    return tuple(Trial(way, sound_if(make)) for way, make in ways)


def sound_if(make: Callable[[int], str]) -> Accepts:
    return lambda desk, size: sound(desk, make(size))


def sound(desk: Desk, text: str) -> bool:
    """Whether a document has no error; one that has says where, and names the limit."""
    errors = [one for one in problems_of(text) if one.severity is Severity.ERROR]
    if not errors:
        return True
    (problem,) = errors
    assert problem.code in (Code.TOO_LARGE, Code.INVALID_VALUE, Code.TOO_MANY_ELEMENTS)
    assert problem.line is not None
    spelled = (f"{desk.limit:,}", str(desk.limit), "2⁴⁰", f"than {desk.limit} axes")
    assert any(one in problem.message for one in spelled), problem.message
    return False


def file(desk: Desk, size: int) -> bool:
    path = desk.folder / "net.json"
    path.write_bytes(text_of((1,), RELU).encode().ljust(size))
    outcome = run("check", str(path))
    assert_no_traceback(outcome)
    assert (outcome.status == 0) or "larger than the limit of 8 MiB" in outcome.err
    return outcome.status == 0


def all_told(make: Callable[[int], str]) -> Accepts:
    def accepts(desk: Desk, size: int) -> bool:
        report = report_of_text(make(size))
        assert len(report.diagnostics) == min(size, desk.limit)
        return not report.more

    return accepts


def nested(desk: Desk, size: int) -> bool:
    try:
        return bool(parse("[" * size + "]" * size))
    except JsonError as error:
        assert str(desk.limit) in error.message
        return False


def pasted(desk: Desk, size: int) -> bool:
    text = "x" * size
    found = one_line_of(text)
    assert found.text == text[: desk.limit]
    return not found.remark


def settings(desk: Desk, size: int) -> bool:
    desk.patch.setenv("XDG_CONFIG_HOME", str(desk.folder))
    folder = desk.folder / "tuicnn"
    folder.mkdir(exist_ok=True)
    (folder / "config.toml").write_bytes(b'layout = "last" #'.ljust(size))
    config = read_config(lambda: frozenset(), frozenset())
    assert (config.layout == "last") == (not config.warnings)
    return not config.warnings


def undone(desk: Desk, size: int) -> bool:
    """Ten versions weigh what they weigh: the limit moves instead, the other way."""
    history = History.of(Network(name="n", input=(1,), layers=(layer(),)))
    for number in range(10):
        history = history.do(Describe("title", f"{number}")).settled()
    weight = sum(one.weight for one in history.past)
    desk.patch.setattr(limits, "UNDO_BYTES", weight + desk.limit - size)
    after = history.undo().do(Describe("title", "9")).settled()
    assert len(after.past) in (9, 10)
    return len(after.past) == 10


def weights(desk: Desk, size: int) -> bool:
    return loaded(desk, size - 40, ".safetensors", "larger than the limit")


def listed(desk: Desk, size: int) -> bool:
    return loaded(desk, size, ".safetensors", "does not fit")


def loaded(desk: Desk, header: int, suffix: str, refused: str) -> bool:
    """Whether weights are read whose list of contents is filled up to a length."""
    described = {
        "fc.weight": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
        "fc.bias": {"dtype": "F32", "shape": [2], "data_offsets": [24, 32]},
    }
    text = json.dumps(described).encode()
    path = tensors_file(desk.folder / f"w{suffix}", text.ljust(header), bytes(32))
    try:
        return load(path, PLAN)["fc.weight"].shape == (2, 3)
    except (FileFault, WeightsFault) as fault:
        assert refused in fault.message, fault.message
        return False


def hollow(desk: Desk, size: int) -> bool:
    """A file of the true size, which holds nothing and takes no room on the disk."""
    path = desk.folder / "w.safetensors"
    path.write_bytes(b"")
    os.truncate(path, size)
    return "larger than the limit of 4.0 GiB" not in refused(path)


def unpacked(desk: Desk, size: int) -> bool:
    path = archive(desk.folder / "w.npz", ("a", bytes(size - 8)), ("b", bytes(8)))
    # The archive is larger than what it unpacks to: that shall not be what refuses it.
    opened = "tuicnn.preview.weightfiles.opened"
    desk.patch.setattr(opened, lambda one, _: one.open("rb"))
    return "unpacks to more" not in refused(path)


def refused(path: Path) -> str:
    with pytest.raises((FileFault, WeightsFault)) as caught:
        load(path, PLAN)
    return caught.value.message


def grown(desk: Desk, size: int) -> bool:
    """Whether an entry may claim, in the list of contents, to grow so many times."""
    packed, filled = 1000, io.BytesIO()
    with zipfile.ZipFile(filled, "w") as made:
        made.writestr("a.npy", bytes(packed))
    found = bytearray(filled.getvalue())
    place = found.index(b"PK\1\2")
    found[place + 24 : place + 28] = struct.pack("<I", size * packed)
    path = desk.folder / "w.npz"
    path.write_bytes(found)
    return f"grows more than {desk.limit} times" not in refused(path)


def pictured(desk: Desk, size: int) -> bool:
    pytest.importorskip("PIL.Image")
    path = desk.folder / "x.png"
    path.write_bytes(png(size, 1))  # it claims that size, and holds nothing
    with pytest.raises(FileFault) as caught:
        read_input(path, (1, 8, 8))
    return f"more than {desk.limit:,} pixels" not in caught.value.message


def passed(desk: Desk, size: int) -> bool:
    """A pass needs what it needs: the limit moves instead, the other way."""
    net = network([{"type": "conv2d", "out_channels": 3, "kernel_size": 3}], [2, 9, 9])
    desk.patch.setattr("tuicnn.preview.run.free_memory", lambda: None)
    desk.patch.setattr(limits, "PREVIEW_BYTES", estimate(net) + desk.limit - size)
    try:
        Forward(net).admit()
    except TooMuchMemory:
        return False
    return True


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


TRIALS: dict[str, tuple[Trial, ...]] = {
    "FILE_BYTES": (Trial("a file", file),),
    "LAYERS": documents(
        ("in a row", lambda count: text_of((1,), *[RELU] * count)),
        ("repeated", lambda count: text_of((1,), *[RELU] * (count % 100), {
            "type": "block", "repeat": count // 100, "layers": [RELU] * 100})),
    ),
    "ROWS": documents(
        ("repetitions of nothing", lambda count: text_of((1,), *(
            {"type": "block", "repeat": repeat, "layers": []}
            for repeat in (*[20_000] * 9, count - 9 * 20_001 - 1)))),
    ),
    "NESTING": documents(
        ("blocks", blocks),
        ("branches", lambda depth: START
            + '[{"type": "parallel", "merge": "add", "branches": [' * depth
            + "[]" + "]}]" * depth + "}"),
    ),
    "INPUT_SIZE": documents(
        ("length", lambda size: text_of((1, size))),
        ("width", lambda size: text_of((1, 1, size))),
        ("depth", lambda size: text_of((1, size, 1, 1))),
    ),
    "ELEMENTS": documents(
        ("input", lambda size: text_of((1024, 32_768, columns(size)))),
        ("output", lambda size: text_of((1024, 1, 1), {
            "type": "upsample", "size": [32_768, columns(size)]})),
    ),
    "WINDOW": documents(*(
        (field, conv(field))
        for field in ("kernel_size", "stride", "padding", "dilation")
    )),
    "CHANNELS": documents(
        ("input", lambda count: text_of((count,))),
        ("convolution", lambda count: text_of((1, 1), {
            "type": "conv1d", "kernel_size": 1, "out_channels": count})),
        ("linear", lambda count: text_of((1,), {
            "type": "linear", "out_features": count})),
    ),
    "NAME": documents(
        ("layer", lambda length: text_of((1,), {**RELU, "name": "n" * length})),
        ("network", lambda length: text_of((1,), name="n" * length)),
    ),
    "TEXT": documents(*(
        (key, lambda length, key=key: text_of((1,), **{key: "é" * length}))
        for key in ("title", "description", "source")
    )),
    "PARAMETER_VALUES": documents(("values", valued)),
    "EXPECTATIONS": documents(
        ("expectations", lambda count: text_of((1,), expect=["layers == 0"] * count)),
    ),
    "AXES": documents(
        ("reshape", lambda count: text_of((1,), {
            "type": "reshape", "shape": [1] * count})),
        ("unflatten", lambda count: text_of((1, 1), {
            "type": "unflatten", "dim": 1, "unflattened_size": [1] * (count - 1)})),
    ),
    "DIAGNOSTICS": (
        Trial("layers that cannot be read",
              all_told(lambda count: text_of((1,), *[{"type": "x"}] * count))),
        Trial("layers that warn",
              all_told(lambda count: text_of((1, 2), *[WARNS, RELU] * count))),
    ),
    "JSON_DEPTH": (Trial("lists", nested),),
    "PASTE": (Trial("a line", pasted),),
    "SETTINGS_BYTES": (Trial("a file", settings),),
    "UNDO_BYTES": (Trial("versions", undone),),
    "WEIGHTS_BYTES": (
        Trial("a file", weights, lowered=4096),  # a true one would fill the disk
        Trial("a hollow file", hollow),
        Trial("an archive, unpacked", unpacked, lowered=4096),
    ),
    "WEIGHTS_HEADER": (Trial("a list of contents", listed),),
    "WEIGHTS_RATIO": (Trial("an entry", grown),),
    "PIXELS": (Trial("an image", pictured),),
    "PREVIEW_BYTES": (Trial("a pass", passed),),
}  # fmt: skip
"""How each limit of the table is met."""
CASES = [(name, trial) for name, trials in TRIALS.items() for trial in trials]


def test_every_limit_that_is_shown_is_tried() -> None:
    shown = json.loads(answer("info", "--json"))["limits"]
    names = module_strings(limits)
    assert names.keys() == TRIALS.keys()
    assert shown == {names[name].rstrip("."): getattr(limits, name) for name in TRIALS}
    assert all(TRIALS.values())


@pytest.mark.parametrize(
    ("name", "trial"), CASES, ids=[f"{name}-{trial.way}" for name, trial in CASES]
)
def test_a_limit_is_within_bounds_and_the_next_size_is_not(
    name: str, trial: Trial, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = getattr(limits, name) if trial.lowered is None else trial.lowered
    taken = []
    for size in (limit - 1, limit, limit + 1):
        with monkeypatch.context() as patch:
            if trial.lowered is not None:
                patch.setattr(limits, name, limit)
            taken.append(trial.accepts(Desk(tmp_path, patch, limit), size))
    assert taken == [True, True, False]
