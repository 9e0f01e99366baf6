"""Hostile text, from wherever it comes: no control character gets out of any command.

The format refuses such names; so they come as broken layers, unknown types and keys,
titles and sources, file names, arguments, and the texts of errors.
"""

from __future__ import annotations

import json
import os
import re

import click
import numpy as np
import pytest

from tests.documents import preset_text, text_of
from tests.program import Outcome, assert_no_traceback, run
from tuicnn.cli.group import CommandGroup
from tuicnn.commands import command_names

OBEYED = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
"""What no terminal and no generated text may get of a document."""
POISON = (
    "\x1b]52;c;eA==\x07\x1b[2J\x9b6n\x90q\x9c\x85\r\x08\x7f\x0b\x0c\t"
    "\u202eevil\u2066\u2069\u061c\u200b\u200f\ufeff\u2028\u2029\u00ad\U000e0041"
    "[/x][bold][@click=app.quit]a[/]`|<b>;\"'"
)
RELU = {"type": "relu"}
CONV = {"type": "conv2d", "name": "conv", "out_channels": 4, "kernel_size": 3}
SOUND = (CONV, {"type": "flatten"}, {"type": "linear", "out_features": 3})
DOCUMENTS = {
    "about": text_of(
        (3, 9, 9), *SOUND, title=POISON, description=POISON, source=POISON
    ),
    "type": text_of((3, 9, 9), {"type": POISON}, *SOUND),
    "key": text_of((3, 9, 9), {**CONV, POISON: POISON}, RELU),
    "name": text_of((3, 9, 9), {**CONV, "name": POISON}, RELU),
    "value": text_of((3, 9, 9), {**CONV, "padding": POISON}, RELU),
    "layer": text_of((3, 9, 9), POISON, CONV),
    "with": text_of((3, 9, 9), CONV, {"type": "add", "with": [POISON, "a"]}),
    "expect": text_of((3, 9, 9), CONV, expect=[POISON, f'layers["{POISON}"] == 1']),
    "parameters": text_of((3, 9, 9), *SOUND, parameters={POISON: [1], "conv.": POISON}),
    "top": text_of((3, 9, 9), *SOUND, **{POISON: POISON}),
    "format": text_of((3, 9, 9), *SOUND).replace("tuicnn/1", "tuicnn/\\u001b\\u009b"),
    "syntax": f'{{"format": "tuicnn/1", {POISON}',
    "string": f'{{"format": "{POISON}"}}',
}  # fmt: skip
WAYS: dict[str, tuple[tuple[str, ...], ...]] = {
    "budget": ((), ("--parameters", "50"), ("--json",)),
    "check": ((), ("--json",), ("--expect", "layers > 0"), ("--fix", "unknown-key"),
              ("--fix", "unknown-type"), ("--fix", "invalid-value")),
    "compare": (("lenet5",),),
    "convert": ((), ("linear-to-conv",), ("linear-to-conv", "-o", "-")),
    "counts": ((), ("--json",)),
    "explain": ((), ("conv",), ("--number", "height"),
                ("--error", "mat1 and mat2 shapes cannot be multiplied (1x9 and 8x7)")),
    "export": (("--to", "json"), ("--to", "markdown"), ("--to", "csv"),
               ("--to", "mermaid"), ("--with-preview",)),
    "inputs": ((), ("--json",)),
    "ledger": ((), ("--json",)),
    "lens": ((), ("conv",), ("--json",), ("--framework", "keras")),
    "preview": ((), ("--json",)),
    "solve": (("--target", "halve"), ("--target", "[5]", "--json"), ("--mirror",),
              ("--target", "[5]", "--apply", "1", "-o", "-")),
    "summary": ((),),
    "symbolic": ((), ("--json",)),
}  # fmt: skip
"""How each command that takes a SOURCE is tried with every document."""


def assert_harmless(outcome: Outcome, what: object = "") -> None:
    """Assert that a run ended in words, none of which a terminal would obey."""
    assert outcome.status in (0, 1, 2), what
    assert_no_traceback(outcome)
    for text in outcome.out, outcome.err:
        found = OBEYED.search(text.replace("\r\n", "\n"))  # as CSV ends its lines
        assert not found, (what, text[max(0, found.start() - 80) : found.end() + 20])


def test_every_command_that_takes_a_source_is_tried():
    group = CommandGroup("tuicnn")
    context = click.Context(group)
    takers = set()
    for name in command_names():
        command = group.get_command(context, name)
        assert command is not None
        places = [
            one.name for one in command.params if one.param_type_name == "argument"
        ]
        if {"source", "sources", "a"} & set(places):
            takers.add(name)
    assert takers == WAYS.keys()


@pytest.mark.parametrize("place", DOCUMENTS)
@pytest.mark.parametrize("command", WAYS)
def test_no_command_lets_a_control_character_of_a_document_through(command, place):
    for way in WAYS[command]:
        outcome = run(command, "-", *way, stdin=DOCUMENTS[place])
        assert_harmless(outcome, (way, place))


@pytest.mark.parametrize("command", WAYS)
def test_no_command_lets_a_control_character_of_an_argument_through(
    command, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    group = CommandGroup("tuicnn")
    found = group.get_command(click.Context(group), command)
    assert found is not None
    assert_harmless(run(command, POISON), "source")
    assert_harmless(run(command, "lenet5", POISON), "second argument")
    assert_harmless(run(command, "lenet5", f"--{POISON}"), "option")
    for option in found.params:
        if option.param_type_name == "option" and not option.is_flag:
            for poison in (POISON, f"1{POISON}", f"[{POISON}]"):
                arguments = [command, "lenet5", option.opts[-1], f"/{poison}"]
                assert_harmless(run(*arguments), option.opts)
                assert_harmless(run(*arguments[:-1], poison.replace("/", "")[:9]))
    assert_harmless(run(POISON))
    assert_harmless(run("lenet5", POISON))


@pytest.fixture
def strange(tmp_path):
    """Return a folder with a hostile name, and a path in it without a suffix."""
    folder = tmp_path / f"{POISON[:60].replace('/', '')}\udcff\n"
    folder.mkdir()
    return str(folder / POISON[-60:].replace("/", ""))


@pytest.mark.parametrize("command", WAYS)
def test_the_name_of_a_file_is_shown_without_what_a_terminal_obeys(command, strange):
    path = f"{strange}.json"
    ways = [one for one in WAYS[command] if "--fix" not in one]
    for text in preset_text("lenet5"), "{", DOCUMENTS["type"]:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        for way in ways:
            assert_harmless(run(command, path, *way), way)
    os.unlink(path)
    assert_harmless(run(command, path), "missing")
    os.mkdir(path)
    assert_harmless(run(command, path), "folder")


def test_files_that_are_written_are_named_and_filled_without_them(strange):
    wanted = {"md", "csv", "mmd", "json"}
    document = DOCUMENTS["about"]
    for suffix in wanted:
        arguments = ("export", "-", "-o", f"{strange}.{suffix}")
        for _ in range(2):  # the second is refused
            assert_harmless(run(*arguments, stdin=document), suffix)
    arguments = ("convert", "-", "linear-to-conv", "-o", f"{strange}.2.json")
    assert_harmless(run(*arguments, stdin=document))
    arguments = ("solve", "-", "--target", "[5]", "--apply", "1")
    assert_harmless(run(*arguments, "-o", f"{strange}.3.json", stdin=document))
    names = os.listdir(os.path.dirname(strange))
    assert len(names) == len(wanted) + 2
    for name in names:
        with open(os.path.join(os.path.dirname(strange), name), newline="") as file:
            assert not OBEYED.search(file.read().replace("\r\n", "\n")), name


def test_files_of_weights_and_inputs_are_quoted_without_them(strange):
    np.savez(f"{strange}.npz", **{POISON.replace("/", ""): np.zeros(3)})
    header = {POISON: {"dtype": POISON, "shape": [3], "data_offsets": [0, 12]}}
    fine = {POISON: {"dtype": "F32", "shape": [3], "data_offsets": [0, 12]}}
    for number, value in enumerate((header, fine, {POISON: POISON}, POISON)):
        text = json.dumps(value, ensure_ascii=False).encode()
        with open(f"{strange}.{number}.safetensors", "wb") as file:
            file.write(len(text).to_bytes(8, "little") + text + bytes(12))
    for kind in ("|V3", f"{POISON!r}"[1:-1], "|O"):
        described = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': (1,), }}"
        text = described.encode(errors="replace").ljust(501) + b"\n"
        with open(f"{strange}.{len(kind)}.npy", "wb") as file:
            file.write(b"\x93NUMPY\x01\0" + len(text).to_bytes(2, "little") + text)
    with open(f"{strange}.png", "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + POISON.encode())
    folder = os.path.dirname(strange)
    for name in os.listdir(folder):
        option = "--input" if name.endswith(("npy", "png")) else "--weights"
        outcome = run("preview", "lenet5", option, os.path.join(folder, name))
        assert outcome.status == 2
        assert_harmless(outcome, name)
    for option in ("--output", "--save-weights", "--activations"):
        assert_harmless(run("preview", "two-conv-32", option, f"{strange}/x.npz"))
        assert_harmless(run("preview", "two-conv-32", option, f"{strange}.new.npz"))
