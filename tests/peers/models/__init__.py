"""Reference models in PyTorch, written on their own, that the presets must equal.

Where torchvision or keras.applications has the network, the modules run in its order,
and carry torchvision's names where there are names; auxiliary classifiers are left out.
`MODELS` maps a preset's name to what builds its reference.
"""

from collections.abc import Callable

from torch import nn

from tests.peers.models import (
    classic,
    efficient,
    inception,
    residual,
    separated,
    tasks,
)

MODELS: dict[str, Callable[[], nn.Module]] = {
    **classic.MODELS,
    **inception.MODELS,
    **residual.MODELS,
    **efficient.MODELS,
    **separated.MODELS,
    **tasks.MODELS,
}
