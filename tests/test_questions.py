"""The questions that users bring: each with the command that answers it, and figures.

What needs the editor or the forward pass is tested with those.
"""

from __future__ import annotations

import json
import re

import pytest

from tests.documents import as_text, preset_text, problems_of, report_of_text
from tests.program import answer, assert_holds, run
from tuicnn.core.fixes import fixes_of
from tuicnn.core.proposal import consequence
from tuicnn.core.reading import read_value


def edited(preset: str, name: str, **fields: object) -> str:
    """Return the text of a preset, one of its layers changed."""
    document = json.loads(preset_text(preset))
    (layer,) = (one for one in document["layers"] if one.get("name") == name)
    layer.update(fields)
    return as_text(document)


def entered(preset: str, *shape: int) -> str:
    """Return the text of a preset with another input."""
    document = json.loads(preset_text(preset))
    return as_text({**document, "input": list(shape)})


def outputs(preset: str) -> list[str]:
    """Return the shapes that the layers of a preset make, without repetitions."""
    rows = answer("export", preset, "--to", "csv").splitlines()[1:]
    shapes = [row.split(",")[6] for row in rows]
    return [one for one, before in zip(shapes, ["", *shapes], strict=False)
            if one != before]  # fmt: skip


def test_1_why_a_dense_layer_of_4096_follows_a_map_of_256x13x13() -> None:
    text = answer("explain", "alexnet", "fc6")
    assert_holds(
        text,
        "fc6 · linear 4096",
        "9216 → 4096",
        "9216 = 256·6·6",
        "flatten lays 256×6×6 out in a row",
        "256 conv5 makes them: out_channels, a choice",
        "6 = ⌊(13 − 3) / 2⌋ + 1 pool5: 3×3 · stride 2",
        "13 = ⌊(27 − 3) / 2⌋ + 1 pool2: 3×3 · stride 2",
        "27 = ⌊(55 − 3) / 2⌋ + 1 pool1: 3×3 · stride 2",
        "55 = ⌊(227 − 11) / 4⌋ + 1 conv1: 96 · 11×11 · stride 4",
        "227 is the height of the input",
        "Width goes the same way.",
        "weight (4096×9216)",
        "37,748,736 + 4,096 = 37,752,832 parameters",
        "4,096 is a choice; 9,216 is what arrives.",
    )


def test_1_the_pool_makes_256x6x6_out_of_256x13x13() -> None:
    text = answer("explain", "alexnet", "pool5")
    assert_holds(text, "pool5 · max_pool2d 3×3 · stride 2", "256×13×13 → 256×6×6")


def test_1_43264_is_refused_and_the_pool_that_was_passed_over_is_named() -> None:
    text = edited("alexnet", "fc6", in_features=43264)
    outcome = run("check", "-", stdin=text)
    assert outcome.status == 1
    assert_holds(
        outcome.out,
        "fc6: in-features-mismatch in_features is 43,264, but 9,216 arrive.",
        "43,264 is 256×13×13, which enters pool5; pool5 was passed over",
        "Set in_features to 9216",
    )
    (problem,) = problems_of(text)
    titles = [one.title for one in fixes_of(report_of_text(text), problem)]
    assert titles[0] == "set in_features to 9216"
    mended = edited("alexnet", "fc6", in_features=9216)
    assert report_of_text(mended).valid
    fixed = answer("check", "--fix", "in-features-mismatch", "-", stdin=text)
    assert json.loads(fixed) == json.loads(mended)


def test_1_4096_of_the_map_are_had_by_a_pool_before_flatten() -> None:
    text = edited("alexnet", "fc6", in_features=4096)
    (problem,) = problems_of(text)
    report = report_of_text(text)
    (pool,) = (
        one for one in fixes_of(report, problem) if "adaptive_avg_pool2d" in one.title
    )
    assert pool.title == "insert adaptive_avg_pool2d 4×4 before flatten"
    after = consequence(report, pool.edit).after
    assert after.valid
    row = after.row("fc6")
    assert row is not None
    assert row.inputs == ((4096,),)


@pytest.mark.parametrize(
    ("preset", "size", "conv1"),
    [("alexnet", 227, "96×55×55"), ("alexnet-grouped", 227, "96×55×55"),
     ("alexnet-torchvision", 224, "64×55×55")],
)  # fmt: skip
def test_1_each_variant_of_alexnet_comes_to_256x6x6(preset, size, conv1) -> None:
    text = answer("summary", preset)
    assert_holds(text, f"input 3×{size}×{size}", conv1, "256×6×6", "9216", "37,752,832")


def stack(*shape: int, **layer: object) -> str:
    """Return a network of one layer, as one writes it into a pipe."""
    return json.dumps({"format": "tuicnn/1", "name": "net", "input": shape,
                       "layers": [layer]})  # fmt: skip


def test_2_28_through_a_pool_of_2_is_14() -> None:
    piped = stack(1, 28, 28, type="max_pool2d", kernel_size=2, stride=2)
    text = answer("explain", "-", stdin=piped)
    assert_holds(text, "→ 1×14×14", "height and width: 14 = ⌊(28 − 2) / 2⌋ + 1")


def test_2_50_through_a_filter_of_3_is_48() -> None:
    piped = stack(1, 50, 50, type="conv2d", out_channels=1, kernel_size=3)
    text = answer("explain", "-", stdin=piped)
    assert_holds(text, "→ 1×48×48", "height and width: 48 = 50 − 3 + 1")


def test_3_the_divisor_is_the_stride() -> None:
    text = answer("explain", "alexnet", "pool5")
    assert_holds(
        text,
        "height = ⌊(i + p₀ + p₁ − d·(k − 1) − 1) / s⌋ + 1",
        "= ⌊(13 + 0 + 0 − 1·(3 − 1) − 1) / 2⌋ + 1 = 6",
        "s: stride",
    )


def test_3_the_wrong_formula_is_computed_nowhere() -> None:
    padded = stack(256, 14, 14, type="max_pool2d", kernel_size=3, stride=2)
    text = answer("explain", "-", "max_pool2d_1", stdin=padded)
    assert_holds(text, "256×14×14 → 256×6×6", "/ 2⌋ + 1 = 6")
    assert "/ 3" not in text
    assert "256×4×4" not in text


def test_4_an_image_of_100x50_through_10x10_by_5_is_19x9_not_10x10() -> None:
    text = answer("explain", "image-to-map")
    assert_holds(
        text,
        "The input is 3×100×50",
        "conv1 · conv2d 4 · 10×10 · stride 5 → 4×19×9",
        "height: 19 = ⌊(100 − 10) / 5⌋ + 1",
        "width: 9 = ⌊(50 − 10) / 5⌋ + 1",
    )


def test_4_exact_ways_to_a_map_of_100x50_with_parameters_and_macs() -> None:
    text = answer("solve", "image-to-map", "--target", "[1,100,50]")
    assert_holds(text, "image-to-map: the output is 4×19×9. Wanted: 1×100×50.")
    ways = {
        "insert conv_transpose2d 1 · 10×10 · stride 5": ("+401 → 1,605",
                                                         "+68,400 → 273,600"),
        "insert upsample size 100×50 and conv2d 1 · 3×3 · padding 1": (
            "+37 → 1,241", "+180,000 → 385,200"),
        "set stride to 1, padding to same and out_channels to 1 in conv1": (
            "−903 → 301", "+1,294,800 → 1,500,000"),
        "insert flatten, linear 5000 and unflatten dim 1 · 1×100×50": (
            "+3,425,000 → 3,426,204", "+3,420,000 → 3,625,200"),
    }  # fmt: skip
    for title, (parameters, macs) in ways.items():
        assert_holds(text, title, "1×100×50", parameters, macs)


def test_4_width_and_height_may_need_output_paddings_of_their_own() -> None:
    piped = stack(4, 19, 9, type="relu")
    text = answer("solve", "-", "--target", "1x38x19", stdin=piped)
    title = (
        "insert conv_transpose2d 1 · 4×4 · stride 2 · padding 1 · output padding 0×1"
    )
    assert_holds(text, title, "1×38×19")


def test_5_every_shape_of_two_convolutions() -> None:
    assert outputs("two-conv-32") == ["3x28x28", "3x14x14", "6x10x10", "6x5x5", "150",
                                      "100", "10"]  # fmt: skip
    assert_holds(
        answer("explain", "two-conv-32"),
        "The input is 1×32×32",
        "28 = 32 − 5 + 1",
        "14 = ⌊(28 − 2) / 2⌋ + 1",
        "10 = 14 − 5 + 1",
        "5 = ⌊(10 − 2) / 2⌋ + 1",
        "150 = 6·5·5",
        "100·150 + 100 = 15,100",
    )


def test_5_a_stride_of_0_is_refused_with_what_a_stride_is() -> None:
    outcome = run("check", "-", stdin=edited("two-conv-32", "conv1", stride=0))
    assert outcome.status == 1
    assert_holds(
        outcome.out,
        "conv1: invalid-value stride:",
        "from 1 to 1024",
        "Received: 0.",
        "Step between one window and the next, in cells; at least 1.",
        "fix: set stride to 1",
    )
    assert outcome.err.endswith("1 error\n")


def test_5_the_patches_of_three_maps_are_one_filter() -> None:
    text = answer("explain", "two-conv-32", "conv2")
    assert_holds(
        text,
        "6 filters, each 5×5×3: a filter spans all channels, sums over them, and makes "
        "one map.",
        "weight (6×3×5×5)",
        "6·3·5·5 = 450",
    )


def test_6_flatten_keeps_the_order_and_says_where_each_cell_goes() -> None:
    text = answer("explain", "two-conv-32", "flatten")
    assert_holds(
        text,
        "6×5×5 → 150",
        "Where each number goes",
        "place = c·(H·W) + i·W + j = c·25 + i·5 + j",
        "channel 3, row 2, column 2 → 3·25 + 2·5 + 2 = 87",
        "and back: c = ⌊87 / 25⌋ = 3, rest 12; i = ⌊12 / 5⌋ = 2, rest j = 2",
        "channels last",
        "place = (i·W + j)·C + c = (2·5 + 2)·6 + 3 = 75",
    )


def test_7_a_global_pool_leaves_6x1x1() -> None:
    assert outputs("two-conv-32-global")[-4:] == ["6x1x1", "6", "100", "10"]
    assert_holds(
        answer("compare", "two-conv-32", "two-conv-32-global"),
        "+ pool2 global_max_pool 6×1×1",
        "− flatten flatten 150",
        "+ flatten flatten 6",
        "− fc1 linear 100 100 15,100",
        "+ fc1 linear 100 100 700",
    )


def test_8_217706_parameters_are_a_sum_of_terms_by_share() -> None:
    text = answer("explain", "lasagne-mnist")
    assert_holds(
        text,
        "205,056 94.2 %",
        "fc1",
        "9,248 4.2 %",
        "conv2",
        "2,570 1.2 %",
        "fc2",
        "832 0.4 %",
        "conv1",
        "832 + 9,248 + 205,056 + 2,570 = 217,706",
    )
    assert_holds(text, "32·1·5·5 + 32 = 832", "32·32·3·3 + 32 = 9,248",
                 "256·800 + 256 = 205,056", "10·256 + 10 = 2,570")  # fmt: skip
    assert "The input is 1×28×28" in text
    assert outputs("lasagne-mnist") == ["32x24x24", "32x12x12", "32x10x10", "32x5x5",
                                        "800", "256", "10"]  # fmt: skip


def test_9_a_stride_has_the_shapes_and_parameters_of_a_pool_at_a_quarter_of_macs() -> (
    None
):
    assert_holds(
        answer("compare", "strided-vs-pooled-a", "strided-vs-pooled-b"),
        "output 16×32×32 16×32×32",
        "parameters 448 448 =",
        "MACs 442,368 1,769,472 4.00 ×",
        "Both have the same input and output shapes and the same number of parameters.",
    )


def test_10_a_bottleneck_multiplies_376_times_less_for_each_pixel() -> None:
    assert_holds(
        answer("compare", "direct-4x4", "bottleneck-4x4"),
        "output 256×100×100 256×100×100",
        "parameters 1,048,576 278,528 1 / 3.76",
        "MACs 10,485,760,000 2,785,280,000 1 / 3.76",
        "Both have the same input and output shapes.",
    )


def test_10_the_multiplications_of_one_pixel_are_told() -> None:
    direct = answer("explain", "direct-4x4", "conv1")
    assert_holds(direct, "256·256·4·4 = 1,048,576", "100·100·256·256·4·4")
    products = {"reduce": "64·256·1·1 = 16,384", "conv1": "256·64·4·4 = 262,144"}
    for layer, product in products.items():
        assert_holds(answer("explain", "bottleneck-4x4", layer), product)


@pytest.mark.parametrize("maps", [1, 64, 512])
def test_10_a_1x1_convolution_changes_the_number_of_maps_alone(maps: int) -> None:
    piped = stack(512, 100, 100, type="conv2d", out_channels=maps, kernel_size=1)
    assert_holds(answer("explain", "-", stdin=piped), f"→ {maps}×100×100")


def test_10_padding_same_keeps_100x100_and_is_shown_on_each_side() -> None:
    text = answer("explain", "direct-4x4", "conv1")
    assert_holds(text, "256×100×100 → 256×100×100")
    assert_holds(text, "padding before height", "= 1", "padding after height", "= 2")


def test_11_a_convolutional_classifier_makes_a_map_of_a_larger_image() -> None:
    assert outputs("fully-convolutional")[-1] == "10x1x1"
    text = answer("summary", "-", stdin=entered("fully-convolutional", 3, 400, 300))
    assert_holds(text, "input 3×400×300", "output 10×11×6")


def test_11_both_classifiers_have_the_same_parameters_and_macs() -> None:
    text = answer("compare", "fully-connected", "fully-convolutional")
    assert_holds(text, "parameters 220,618 220,618 =", "MACs 117,325,440 117,325,440 =")


def test_11_a_linear_classifier_takes_no_larger_image_and_says_why() -> None:
    declared = edited("fully-connected", "fc1", in_features=3200)
    assert report_of_text(declared).valid
    document = {**json.loads(declared), "input": [3, 400, 400]}
    outcome = run("check", "-", stdin=as_text(document))
    assert outcome.status == 1
    assert_holds(
        outcome.out,
        "fc1: in-features-mismatch in_features is 3,200, but 12,800 arrive.",
    )


def test_11_linear_layers_become_convolutions_with_the_same_weights(tmp_path) -> None:
    target = tmp_path / "convolutional.json"
    text = answer("convert", "fully-connected", "linear-to-conv", "--measure", "-o",
                  str(target))  # fmt: skip
    assert_holds(
        text,
        "+ fc1 · conv2d 64 · 10×10 → 64×1×1",
        "+ fc2 · conv2d 10 · 1×1 → 10×1×1",
        "parameters: 220,618, as before",
        "Forward pass: of 10 outputs",
    )
    apart = re.search(r"largest difference is ([\d.e+-]+)\.\n", text)
    assert apart is not None
    assert float(apart[1]) < 1e-4
    larger = {**json.loads(target.read_text()), "input": [3, 400, 300]}
    summary = answer("summary", "-", stdin=as_text(larger))
    assert_holds(summary, "input 3×400×300", "output 10×11×6")
    seen = answer("preview", "-", stdin=as_text(larger))
    assert_holds(seen, "10×11×6", "Every shape and parameter count is confirmed")


def test_12_shapes_and_parameters_of_the_network_with_its_weights() -> None:
    text = answer("explain", "matlab-2-6-1")
    assert_holds(text, "The input is 2", "6·2 + 6 = 18", "1·6 + 1 = 7", "18 + 7 = 25")
    assert report_of_text(preset_text("matlab-2-6-1")).valid
    network = read_value(json.loads(preset_text("matlab-2-6-1"))).network
    assert network is not None
    assert network.parameters is not None
    assert network.parameters["output.bias"] == (1.4657,)


def test_12_a_row_of_weights_too_few_is_an_error() -> None:
    document = json.loads(preset_text("matlab-2-6-1"))
    document["parameters"]["hidden.weight"].pop()
    outcome = run("check", "-", stdin=as_text(document))
    assert outcome.status == 1
    assert_holds(outcome.out, "hidden: parameter-shape", "6×2", "Received: 5×2")


def test_12_a_neuron_is_written_out_with_its_weights() -> None:
    text = answer("explain", "matlab-2-6-1", "hidden")
    assert_holds(text, "2.8574", "1.9207", "3.2811")


def test_13_the_result_is_three_dimensional() -> None:
    assert outputs("same-conv-25x64") == ["100x25x64", "100x13x32", "150x13x32"]
    assert_holds(
        answer("explain", "same-conv-25x64"),
        "The input is 1×25×64",
        "conv1 · conv2d 100 · 7×7",
        "→ 100×25×64",
        "100·1·7·7 = 4,900",
        "→ 100×13×32",
        "height: 13 = ⌈25 / 2⌉",
        "→ 150×13×32",
        "150·100·5·5 = 375,000",
    )


def test_13_one_kernel_is_5x5x100_and_gives_one_map() -> None:
    text = answer("explain", "same-conv-25x64", "conv2")
    assert_holds(
        text,
        "100×13×32 → 150×13×32",
        "150 filters, each 5×5×100: a filter spans all channels, sums over them, and "
        "makes one map.",
        "weight (150×100×5×5)",
    )


def test_13_the_figures_are_told_channels_last_too() -> None:
    text = answer("explain", "same-conv-25x64", "conv2")
    assert_holds(text, "13×32×150", "channels last")


def test_14_what_a_separable_convolution_changes_in_numbers() -> None:
    assert_holds(
        answer("compare", "separable", "separable-classic"),
        "− depthwise depthwise_conv2d 3×3",
        "288",
        "− pointwise conv2d 64 · 1×1",
        "2,048",
        "+ conv1 conv2d 64 · 3×3",
        "18,432",
        "output 64×112×112 64×112×112",
        "parameters 2,336 18,432 7.89 ×",
        "MACs 29,302,784 231,211,008 7.89 ×",
    )
    assert_holds(answer("explain", "separable", "depthwise"), "32·1·3·3 = 288")
    assert_holds(answer("explain", "separable", "pointwise"), "64·32·1·1 = 2,048")
    assert_holds(answer("explain", "separable-classic", "conv1"), "64·32·3·3 = 18,432")


@pytest.mark.parametrize(
    ("preset", "entering", "parameters", "macs"),
    [
        ("vgg16", "3×224×224", "138,357,544", "15,470,264,320"),
        ("vgg19", "3×224×224", "143,667,240", "19,632,062,464"),
        ("resnet50", "3×224×224", "25,557,032", "4,089,184,256"),
        ("inception-v3", "3×299×299", "23,834,568", "5,713,216,096"),
        ("googlenet", "3×224×224", "6,624,904", "1,498,376,192"),
    ],
)
def test_15_the_networks_that_answers_name(preset, entering, parameters, macs) -> None:
    text = answer("summary", preset)
    assert_holds(
        text,
        f"input {entering}",
        "output 1000",
        f"parameters {parameters}",
        f"MACs {macs}",
    )


def test_15_why_vgg16_has_25088_features_is_told() -> None:
    text = answer("explain", "vgg16", "fc6")
    assert_holds(text, "25088 = 512·7·7", "512 conv5_3", "7 avgpool")
    assert_holds(text, "102,760,448 + 4,096 = 102,764,544 parameters")
    sizes = answer("explain", "vgg16", "pool5")
    assert_holds(sizes, "14 =", "28 =", "56 =", "112 =", "224 is the height")


def test_no_figure_of_an_answer_depends_on_texts_of_the_preset() -> None:
    document = json.loads(preset_text("alexnet"))
    bare = {key: document[key] for key in ("format", "name", "input", "layers")}
    text = answer("explain", "-", "fc6", stdin=as_text(bare))
    assert text == answer("explain", "alexnet", "fc6")
