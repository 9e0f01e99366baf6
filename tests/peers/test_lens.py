"""The lens: the code it writes, run by the frameworks themselves."""

from __future__ import annotations

import re
import warnings
from random import Random
from typing import Any

import keras
import numpy as np
import onnxruntime
import pytest
import torch
from onnx import ModelProto, TensorProto, checker, helper
from onnx.numpy_helper import from_array
from onnx.shape_inference import infer_shapes
from pydantic import ValidationError
from torch import nn
from torch.nn import functional as F

from tests.cases import CASES, Case
from tests.documents import PRESETS, preset_report, report_of_text, text_of
from tests.long import long_or
from tests.peers.draws import DRAWS
from tuicnn.core.diagnostics import Refusal
from tuicnn.core.layer import Effect
from tuicnn.core.layers import layer_types
from tuicnn.core.lens import Framework, Setting, View, lens, spelled_in
from tuicnn.core.report import Row
from tuicnn.core.shapes import Shape, elements, spell

pytestmark = pytest.mark.peers

MERGES = ("add", "multiply", "concat", "average", "maximum")
SHAPES: dict[str, Shape] = {"y0": (3, 4, 5), "y1": (3, 4, 5), "y2": (3, 4, 5)}


def setting(case: Case) -> Setting:
    return Setting(case.layer, case.entering, case.layer.infer(case.entering))


def merge_of(merge: str) -> Setting:
    branches = ((),) * len(SHAPES)
    layer = layer_types()["parallel"].model_validate(
        {"merge": merge, "branches": branches}
    )
    shapes, labels = tuple(SHAPES.values()), tuple(SHAPES)
    effect: Effect = layer.merged(shapes, labels)
    return Setting(layer, shapes[0], effect, labels)


DRAWN = long_or(4, 300)
"""How many settings are drawn of each type."""

MOST = 5_000_000
"""Weights of a layer that is run: AlexNet's first linear layer takes seconds."""

SETTINGS = [
    *(
        pytest.param(setting(case), id=str(case))
        for case in CASES
        if case.parameters < MOST
    ),
    *(pytest.param(merge_of(merge), id=f"parallel {merge}") for merge in MERGES),
]


def entering(one: Setting) -> dict[str, Shape]:
    return {"x": one.x} if one.values == ("x",) else SHAPES


def written(framework: Framework, one: Setting) -> View | None:
    """Return what the lens writes; None where it says why it cannot."""
    found = spelled_in(framework, one)
    assert bool(found.code) != bool(found.reason)
    assert found.code.isascii()
    return found if found.code else None


@pytest.mark.parametrize("one", SETTINGS)
def test_pytorch_does_what_its_line_says(one: Setting) -> None:
    found = written(Framework.PYTORCH, one)
    assert found is not None
    tensors = {name: torch.zeros(2, *shape) for name, shape in entering(one).items()}
    learnt = {name: torch.ones(shape) for name, shape in one.effect.parameters.items()}
    names = {"torch": torch, "nn": nn, "F": F, **tensors, **learnt}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        made = eval(found.code, names)  # noqa: S307  # our own line
        if isinstance(made, nn.Module):
            learnt = dict(made.named_parameters())
            made = made.eval()(*tensors.values())
    assert tuple(made.shape[1:]) == found.output == one.effect.output
    assert sum(tensor.numel() for tensor in learnt.values()) == found.trainable


@pytest.mark.parametrize("one", SETTINGS)
def test_keras_does_what_its_line_says(one: Setting) -> None:
    found = written(Framework.KERAS, one)
    if found is None:
        return
    last = {
        name: (*shape[1:], shape[0]) if len(shape) > 1 else shape
        for name, shape in entering(one).items()
    }
    inputs = {name: keras.Input(shape) for name, shape in last.items()}
    words = set(re.findall(r"\w+", found.code))  # where weights stand in it
    learnt = {
        name: keras.ops.ones(shape)
        for name, shape in one.effect.parameters.items()
        if name in words
    }
    made = eval(  # noqa: S307  # our own line
        found.code, {"keras": keras, "layers": keras.layers, **inputs, **learnt}
    )
    if isinstance(made, keras.layers.Layer):
        made = made(*inputs.values())
    model = keras.Model(list(inputs.values()), made)
    assert tuple(made.shape[1:]) == found.output
    trainable = sum(elements(tuple(one.shape)) for one in model.trainable_weights)
    trainable += sum(elements(tuple(one.shape)) for one in learnt.values())
    kept = sum(elements(tuple(one.shape)) for one in model.non_trainable_weights)
    assert (trainable, kept) == (found.trainable, found.kept)


@pytest.mark.parametrize("one", SETTINGS)
def test_onnx_does_what_its_nodes_say(one: Setting) -> None:
    found = written(Framework.ONNX, one)
    if found is None:
        return
    model = one_node(found, one)
    checker.check_model(model)
    assert inferred(model) in (found.output, None) or "opset 22" in str(found.remarks)
    if "ONNX Runtime " not in str(found.remarks) or "opset 22" in str(found.remarks):
        assert ran(model, entering(one)) == found.output


def one_node(found: View, one: Setting) -> ModelProto:
    """Return a model of the nodes that the lens writes."""
    made: Any = eval(found.code, {"helper": helper})  # noqa: S307  # our own line
    nodes = made if isinstance(made, list) else [made]
    known = {**one.effect.parameters, **one.effect.buffers}
    used = {name for node in nodes for name in node.input} & known.keys()
    assert sum(elements(one.effect.parameters[name]) for name in
               used & one.effect.parameters.keys()) == found.trainable  # fmt: skip
    graph = helper.make_graph(
        nodes,
        "one layer",
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, (1, *shape))
            for name, shape in entering(one).items()
        ],
        [
            helper.make_tensor_value_info(
                "y", TensorProto.FLOAT, [None] * (1 + len(one.effect.output))
            )
        ],
        [from_array(np.ones(known[name], np.float32), name) for name in sorted(used)],
    )
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8
    )


def inferred(model: ModelProto) -> Shape | None:
    """Return the shape that ONNX infers; None where it does not know all of it."""
    dims = infer_shapes(model, strict_mode=True).graph.output[0].type.tensor_type.shape
    sizes = tuple(dim.dim_value for dim in dims.dim)[1:]
    return sizes if all(sizes) else None


def ran(model: ModelProto, inputs: dict[str, Shape]) -> Shape:
    """Return the shape that leaves ONNX Runtime."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    fed = {name: np.zeros((1, *x), np.float32) for name, x in inputs.items()}
    (output,) = session.run(None, fed)
    return tuple(output.shape[1:])


@pytest.mark.parametrize(
    "one",
    [
        param
        for param in SETTINGS
        if "opset 22" in str(spelled_in(Framework.ONNX, *param.values).remarks)
    ],
)
def test_the_text_of_opset_17_gives_the_size_that_the_lens_tells(one: Setting) -> None:
    found = written(Framework.ONNX, one)
    assert found is not None
    text = inferred(one_node(found, one))
    assert text is not None
    assert text != found.output
    assert f": {spell(text)}. " in str(found.remarks)


@pytest.mark.parametrize("kind", DRAWS)
def test_random_settings_do_what_their_lines_say(kind: str) -> None:
    rng = Random(f"lens {kind}")
    for _ in range(DRAWN):
        fields, x = DRAWS[kind](rng)
        try:
            layer = layer_types()[kind].model_validate(dict(fields))
            one = Setting(layer, x, layer.infer(x))
        except (ValidationError, Refusal):
            continue
        if spelled_in(Framework.PYTORCH, one).code:
            test_pytorch_does_what_its_line_says(one)
        test_keras_does_what_its_line_says(one)
        test_onnx_does_what_its_nodes_say(one)


def written_blocks() -> list[Any]:
    """Return the blocks of the presets that are written as one line, and some more."""
    stack = [{"type": "conv2d", "out_channels": 4, "kernel_size": 3, "padding": 1},
             {"type": "batch_norm"}, {"type": "leaky_relu", "negative_slope": 0.2},
             {"type": "max_pool2d", "kernel_size": 2}]  # fmt: skip
    head = [{"type": "flatten"}, {"type": "linear", "out_features": 7},
            {"type": "dropout"}, {"type": "softmax", "dim": 1}]  # fmt: skip
    inner = {"type": "block", "layers": stack, "repeat": 2}
    made = {"type": "block", "name": "b", "layers": [inner, *head]}
    reports = {name: preset_report(name) for name in PRESETS}
    reports["made"] = report_of_text(text_of((3, 12, 12), made))
    found = [
        (f"{name} {row.path}", row, view)
        for name, report in reports.items()
        for row in report.rows
        if row.layer.type == "block"
        for view in lens(report, row)
        if view.code and view.trainable < BLOCK
    ]
    return [
        pytest.param(row, view, id=f"{name} {view.framework}")
        for name, row, view in found
    ]


BLOCK = long_or(300_000, MOST)
"""Weights of a block that is run."""


@pytest.mark.parametrize(("row", "view"), written_blocks())
def test_a_block_does_what_its_line_says(row: Row, view: View) -> None:
    entering = row.inputs[0]
    assert entering is not None
    if view.framework is Framework.PYTORCH:
        module = eval(view.code, {"nn": nn}).eval()  # noqa: S307  # our own line
        with torch.no_grad():
            leaving = tuple(module(torch.zeros(1, *entering)).shape[1:])
        learnt = sum(one.numel() for one in module.parameters())
        kept = sum(one.numel() for one in module.buffers() if one.ndim)
    else:
        names = {"keras": keras, "layers": keras.layers}
        module = eval(view.code, names)  # noqa: S307  # our own line
        module.build((None, *entering[1:], entering[0]))
        leaving = tuple(module.output_shape[1:])
        learnt, kept = module.count_params(), view.kept
        learnt -= kept
    assert leaving == view.output
    assert (learnt, kept) == (view.trainable, view.kept)
