"""`tuicnn presets`: what there is to open."""

import json

from tests.documents import PRESETS
from tests.program import answer, assert_holds, refusal


def test_the_list_names_each_preset_with_its_figures():
    text = answer("presets")
    header, rule, *rows = text.splitlines()
    assert header.split() == ["Preset", "Input", "Layers", "Parameters", "MACs"]
    assert set(rule) == {"─", " "}
    assert [row.split()[0] for row in rows] == list(PRESETS)
    assert_holds(text, "alexnet 3×227×227 23 62,378,344 1,135,256,096")
    assert_holds(text, "vgg16 3×224×224 40 138,357,544 15,470,264,320")


def test_the_json_list_holds_the_same():
    entries = {
        entry["name"]: entry for entry in json.loads(answer("presets", "--json"))
    }
    assert list(entries) == list(PRESETS)
    assert entries["resnet50"] == {
        "name": "resnet50",
        "title": entries["resnet50"]["title"],
        "input_shape": [3, 224, 224],
        "output_shape": [1000],
        "layers": 159,
        "parameters": 25_557_032,
        "macs": 4_089_184_256,
    }
    assert all(entry["title"] for entry in entries.values())


def test_the_list_takes_no_argument():
    assert "unexpected extra argument" in refusal("presets", "alexnet")
