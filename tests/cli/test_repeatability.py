"""The same question gets the same answer, byte for byte."""

import pytest

from tests.program import child, run

QUESTIONS = (
    ["presets"],
    ["presets", "--json"],
    ["summary", "googlenet"],
    ["check", "--json", "alexnet", "resnet50"],
    ["explain", "inception-v3"],
    ["export", "densenet121"],
    ["export", "unet", "--to", "mermaid"],
    ["export", "unet", "--to", "markdown"],
    ["export", "unet", "--to", "csv"],
    ["compare", "resnet18", "resnet34"],
    ["schema"],
    ["info", "--json"],
    ["summary", "no-such-preset"],
    ["--help"],
)


@pytest.mark.parametrize("arguments", QUESTIONS, ids=" ".join)
def test_an_answer_does_not_change_from_one_run_to_the_next(arguments):
    assert run(*arguments) == run(*arguments)


@pytest.mark.parametrize("arguments", QUESTIONS, ids=" ".join)
def test_an_answer_does_not_hang_on_the_order_of_sets(arguments):
    runs = {child(*arguments, PYTHONHASHSEED=seed) for seed in ("0", "1", "4711")}
    assert len(runs) == 1


def test_an_answer_does_not_hang_on_the_folder_or_the_time_zone(tmp_path):
    here = child("export", "alexnet")
    assert child("export", "alexnet", cwd=tmp_path, TZ="Asia/Tokyo") == here
