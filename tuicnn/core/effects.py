"""What layers do to a shape: each is asked once, and so are those that are alike.

It never knows a layer's name or place: neither changes what the layer does.
"""

from __future__ import annotations

from collections.abc import Hashable

from tuicnn.core import limits
from tuicnn.core.diagnostics import Code, Refusal
from tuicnn.core.layer import Effect, LayerSpec
from tuicnn.core.report import Known
from tuicnn.core.shapes import Shape, elements, spell


class Effects:
    """Effects by layer and entering shape.

    Attributes:
        earlier: Those of an earlier version.
        known: Those that were asked for; the next version begins with them.
    """

    def __init__(self, earlier: Known, known: Known | None = None) -> None:
        self.earlier = earlier
        self.known: Known = {} if known is None else known
        # A long stack has few different layers: those of equal fields share an effect.
        self._alike: dict[Hashable, Effect] = {}

    def of(self, layer: LayerSpec, shape: Shape) -> Effect:
        """Return what a layer does to a shape.

        Raises:
            Refusal: It does not take the shape.
        """
        key = (id(layer), shape)
        known = self.known.get(key) or self.earlier.get(key)
        if known is None:
            # The layer is kept, so its id stays its own.
            known = (layer, self._asked(layer, shape))
        self.known[key] = known
        return known[1]

    def _asked(self, layer: LayerSpec, shape: Shape) -> Effect:
        fields = layer.__dict__.copy()
        del fields["name"]
        key = (type(layer), shape, *fields.values())
        effect = self._alike.get(key)
        if effect is None:
            effect = self._alike[key] = bounded(layer.infer(shape))
        return effect


def bounded(effect: Effect) -> Effect:
    """Return an effect whose output can be spoken of at all.

    Raises:
        Refusal: It is too large.
    """
    output = effect.output
    if len(output) > limits.AXES or elements(output) > limits.ELEMENTS:
        raise Refusal(
            Code.TOO_MANY_ELEMENTS,
            f"{spell(output)} would leave: more than 2⁴⁰ numbers, or more than "
            f"{limits.AXES} axes.",
            hint="Take smaller sizes or fewer channels.",
        )
    return effect
