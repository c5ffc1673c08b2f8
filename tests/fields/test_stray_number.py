"""Individual numbers that stand where none belongs. Those of the test begin with 000000."""

import pytest
from shikaku.fields import stray_number
from shikaku.fields.stray_number import BLOT

NUMBER = "000000011010"


@pytest.mark.parametrize(
    ("thing", "shown"),
    [
        (f"番号は{NUMBER}です", f"番号は{BLOT}です"),
        ({"a": NUMBER, NUMBER: 1}, {"a": BLOT, NUMBER: 1}),
        (["x", [NUMBER]], ["x", [BLOT]]),
        (("x", NUMBER), ("x", BLOT)),
        (11010, 11010),
        (None, None),
    ],
)
def test_texts_at_any_depth_are_hidden(thing, shown):
    assert stray_number.hidden(thing) == shown
