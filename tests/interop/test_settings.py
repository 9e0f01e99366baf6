"""The key settings of a layer, on one line."""

from __future__ import annotations

import pytest

from tests.cases import CASES
from tests.interop.networks import report_of
from tuicnn.core.settings import settings

SETTINGS = (
    ("conv2d", {"out_channels": 96, "kernel_size": 11, "stride": 4, "padding": 2},
     "96 · 11×11 · stride 4 · padding 2"),
    ("conv2d", {"out_channels": 8, "kernel_size": [1, 7], "padding": [0, 3],
                "bias": False}, "8 · 1×7 · padding 0×3 · no bias"),
    ("conv2d", {"out_channels": 8, "kernel_size": 3, "padding": "same",
                "in_channels": 1}, "8 · 3×3 · padding same"),
    ("conv2d", {"out_channels": 8, "kernel_size": 3, "padding": [[2, 3], [2, 3]]},
     "8 · 3×3 · padding (2, 3)×(2, 3)"),
    ("conv1d", {"out_channels": 8, "kernel_size": 80}, "8 · kernel size 80"),
    ("separable_conv2d", {"kernel_size": 3, "out_channels": 9}, "9 · 3×3"),
    ("max_pool2d", {"kernel_size": 3, "stride": 2, "ceil_mode": True},
     "3×3 · stride 2 · ceil mode"),
    ("adaptive_avg_pool2d", {"output_size": [None, 7]}, "kept×7"),
    ("adaptive_avg_pool2d", {"output_size": 1}, "1×1"),
    ("linear", {"out_features": 10, "in_features": 9}, "10"),
    ("leaky_relu", {"negative_slope": -0.2, "inplace": True}, "negative slope −0.2"),
    ("batch_norm", {"momentum": None, "eps": 1e-6}, "eps 1e-06 · momentum kept"),
    ("permute", {"dims": [0, 2, 3, 1]}, "dims 0, 2, 3, 1"),
    ("pad", {"padding": [1, 2, 3, 4]}, "1, 2, 3, 4"),
    ("crop", {"cropping": 4}, "4"),
    ("upsample", {"scale_factor": 2, "mode": "bilinear"},
     "scale factor 2 · bilinear"),
    ("block", {"repeat": 3, "layers": []}, "×3"),
    ("block", {"layers": []}, ""),
    ("parallel", {"merge": "concat", "dim": 2, "branches": [[], []]},
     "2 branches · concat · dim 2"),
    ("add", {"with": ["enc3", "enc4"]}, "with enc3, enc4"),
    ("relu", {}, ""),
    ("conv9d", {"kernel_size": 3}, ""),
)  # fmt: skip


@pytest.mark.parametrize(("kind", "fields", "expected"), SETTINGS)
def test_settings_name_what_was_chosen(kind, fields, expected):
    layer = report_of({"type": kind, **fields}).rows[0].layer
    assert settings(layer) == expected


@pytest.mark.parametrize("case", CASES, ids=str)
def test_settings_of_every_layer_fit_on_a_line(case):
    text = settings(case.layer)
    assert text.isprintable()
    assert "_" not in text
