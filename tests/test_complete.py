"""Completeness: nothing that exists is missing from table, page or presets."""

from __future__ import annotations

import inspect

import pytest

from tests.cases import CASES, NETWORK_CASES
from tests.readme import README, key_owners, own_bindings
from tuicnn.commands import command_names
from tuicnn.core.diagnostics import Code
from tuicnn.core.fieldhelp import help_text
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers import family, layer_types
from tuicnn.core.network import Network
from tuicnn.presets import names, open_source
from tuicnn.ui.app import binding_ids

WANTED_PRESETS = frozenset(
    """
    lenet5 alexnet alexnet-grouped alexnet-torchvision vgg11 vgg13 vgg16 vgg16-bn vgg19
    nin googlenet inception-v3 resnet18 resnet34 resnet50 resnet101 resnet152
    wide-resnet50-2 resnext50-32x4d densenet121 squeezenet1-0 squeezenet1-1 mobilenet-v1
    mobilenet-v2 mobilenet-v3-small mobilenet-v3-large shufflenet-v2-x1-0
    efficientnet-b0 mnasnet1-0 regnet-y-400mf convnext-tiny xception unet
    dcgan-generator conv-autoencoder mnist-9216 cifar10-quick conv1d-audio conv3d-video
    image-to-map two-conv-32 two-conv-32-global lasagne-mnist strided-vs-pooled-a
    strided-vs-pooled-b direct-4x4 bottleneck-4x4 fully-connected fully-convolutional
    matlab-2-6-1 same-conv-25x64 separable
""".split()
)

FORMAT_1 = {
    "conv": "conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d "
    "depthwise_conv2d separable_conv2d",
    "pool": "max_pool1d max_pool2d max_pool3d avg_pool1d avg_pool2d avg_pool3d "
    "lp_pool1d lp_pool2d adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d "
    "adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d global_avg_pool "
    "global_max_pool",
    "norm": "batch_norm instance_norm group_norm layer_norm layer_norm2d rms_norm "
    "local_response_norm",
    "activation": "relu relu6 leaky_relu prelu elu selu celu gelu silu mish hardswish "
    "hardsigmoid hardtanh sigmoid log_sigmoid tanh softplus softsign softmax "
    "log_softmax glu identity",
    "dense": "linear",
    "shaping": "flatten unflatten reshape permute pad crop upsample pixel_shuffle "
    "pixel_unshuffle channel_shuffle",
    "regularization": "dropout dropout2d layer_scale",
    "structure": "block parallel add multiply concat average maximum",
}
"""The layer types that the format promises, by family."""

TYPES = layer_types()
PAGE = README.read_text()


def test_format_1_has_the_layer_types_that_it_promises() -> None:
    found: dict[str, set[str]] = {}
    for name, kind in TYPES.items():
        found.setdefault(family(kind), set()).add(name)
    assert found == {key: set(types.split()) for key, types in FORMAT_1.items()}


@pytest.mark.parametrize("name", TYPES)
def test_a_layer_type_stands_in_the_table(name: str) -> None:
    documents = "".join(str(case.document) for case in NETWORK_CASES)
    rows = {case.layer.type for case in CASES}
    assert name in rows or f"'type': '{name}'" in documents


@pytest.mark.parametrize("kind", [*TYPES.values(), Network])
def test_every_field_and_type_says_what_it_is(kind: type[LayerSpec]) -> None:
    assert inspect.getdoc(kind)
    for field in kind.model_fields:
        assert field == "type" or help_text(kind, field), field


@pytest.mark.parametrize("kind", TYPES.values())
def test_every_layer_type_has_names_to_be_found_by(kind: type[LayerSpec]) -> None:
    assert kind.aliases


def test_codes_are_kebab_case_and_unique() -> None:
    codes = [one.code for one in Code]
    assert len(set(codes)) == len(codes)
    assert all(code.replace("-", "").isalpha() and code.islower() for code in codes)


@pytest.mark.parametrize("code", Code, ids=lambda one: one.code)
def test_a_code_stands_in_readme(code: Code) -> None:
    assert f"| `{code.code}` | {code.severity} |" in PAGE


@pytest.mark.parametrize("command", command_names())
def test_a_command_stands_in_readme(command: str) -> None:
    assert f"| `tuicnn {command}" in PAGE


@pytest.mark.parametrize("name", sorted(binding_ids()))
def test_a_key_stands_in_readme(name: str) -> None:
    assert f" | `{name}` |" in PAGE


def test_every_key_can_be_remapped_and_says_what_it_does() -> None:
    for kind in key_owners():
        for one in own_bindings(kind):
            assert one.id, one
            assert one.tooltip, one


@pytest.mark.parametrize("name", TYPES)
def test_a_layer_type_stands_in_readme(name: str) -> None:
    assert f"| `{name}` |" in PAGE


def test_the_presets_that_were_promised_are_there() -> None:
    assert set(names()) >= WANTED_PRESETS


@pytest.mark.parametrize("name", names())
def test_a_preset_says_what_it_is_and_where_it_comes_from(name: str) -> None:
    reading = open_source(name).reading
    network = reading.network
    assert network is not None
    assert not reading.problems
    assert network.name == name
    assert network.title
    assert network.description
    assert network.source
