"""A field that is set, whatever the layer's other fields are by then."""

from __future__ import annotations

import pytest

from tuicnn.core.drafts import MISSING
from tuicnn.core.edits import EditRefused, SetField
from tuicnn.core.layers import Conv2d, Relu
from tuicnn.core.network import Network

CONV = Conv2d(out_channels=4, kernel_size=3, stride=2)
NETWORK = Network(name="n", input=(3, 9, 9), layers=(CONV, Relu()))


def sets(field: str, value: object, at: int = 0) -> SetField:
    return SetField(("layers", at), field, value, field, "conv2d_1")


def test_a_field_is_set_and_left_out_and_the_others_stay() -> None:
    wider = sets("out_channels", 7).apply(NETWORK)
    assert wider.network.layers == (CONV.changed(out_channels=7), Relu())
    assert wider.cursor == ("layers", 0)
    plain = sets("stride", MISSING).apply(wider.network).network
    assert plain.layers[0] == Conv2d(out_channels=7, kernel_size=3)


def test_what_is_typed_into_one_field_is_one_edit() -> None:
    assert sets("stride", 1).key == sets("stride", 12).key
    others = (sets("padding", 1), sets("stride", 1, at=1))
    assert sets("stride", 1).key not in {one.key for one in others}


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (sets("stride", 1, at=2), "the layer is not there any more"),
        (sets("stride", 1, at=1), "the layer is not there any more"),
        (sets("stride", 0), "stride: .* Received: 0"),
    ],
)
def test_what_cannot_be_set_is_refused_and_why(edit: SetField, why: str) -> None:
    with pytest.raises(EditRefused, match=rf"^{why}.*(?<!\.)$"):
        edit.apply(NETWORK)
