"""What other programs count, asked of themselves: the source of `core/observed.py`.

`python -m tests.peers.observing [PRESET…]` prints a line for each row of the table of
layers, or for each preset, in an environment that has torch, thop, ptflops, fvcore and
torchinfo. Keras' figures are TensorFlow's: `tf.compat.v1.profiler.profile` with
`ProfileOptionBuilder.float_operation()` on the frozen graph of
`keras.Sequential([layer])`, channels last, one sample.
"""

from __future__ import annotations

import io
import logging
import sys
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

import torch
from torch import nn

from tests.cases import CASES
from tests.documents import preset_report
from tests.peers.torch_network import module, torch_network
from tuicnn.core.shapes import Shape


def torchinfo_counts(model: nn.Module, shape: Shape) -> int:
    """Return torchinfo's mult-adds of a model for one sample."""
    import torchinfo

    sample = torch.zeros(1, *shape)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = torchinfo.summary(model, input_data=[sample], verbose=0)
    return int(found.total_mult_adds)


def _fvcore(model: nn.Module, shape: Shape) -> int:
    from fvcore.nn import FlopCountAnalysis

    return int(FlopCountAnalysis(model, (torch.zeros(1, *shape),)).total())


def _ptflops(model: nn.Module, shape: Shape) -> Any:
    from ptflops import get_model_complexity_info

    settings = {"as_strings": False, "print_per_layer_stat": False}
    return get_model_complexity_info(model, tuple(shape), **settings)[0]


def _thop(model: nn.Module, shape: Shape) -> int:
    import thop

    sample = torch.zeros(1, *shape)
    return int(thop.profile(model, inputs=(sample,), verbose=False)[0])


COUNTERS: dict[str, Callable[[nn.Module, Shape], Any]] = {
    # ptflops and thop leave attributes behind: torchinfo and fvcore come first.
    "torchinfo": torchinfo_counts,
    "fvcore": _fvcore,
    "ptflops": _ptflops,
    "thop": _thop,
}


def observed(model: nn.Module, shape: Shape) -> dict[str, int | None]:
    """Return what each counter says of a model; None where it fails."""
    found: dict[str, int | None] = {}
    for name, count in COUNTERS.items():
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            try:
                found[name] = count(model, shape)
            except (TypeError, RuntimeError, AssertionError):
                found[name] = None
    return found


def main(presets: list[str]) -> None:
    """Print what the counters say of presets, or of every row of the table."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    lines: list[tuple[str, nn.Module, Shape]] = []
    for name in presets:
        network = preset_report(name).network
        lines.append((name, torch_network(network), network.input))
    for case in () if presets else CASES:
        if not isinstance(getattr(case.layer, "padding", 0), str) or (
            "transpose" not in case.layer.type
        ):
            model = nn.Sequential(module(case.layer, case.entering)).eval()
            lines.append((str(case), model, case.entering))
    for title, model, shape in lines:
        found = observed(model, shape)
        figures = [found[name] for name in ("thop", "ptflops", "fvcore", "torchinfo")]
        sys.stdout.write(f"{title!r}: {tuple(figures)},\n")


if __name__ == "__main__":
    main(sys.argv[1:])
