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


@pytest.mark.parametrize(
    "text",
    [
        f"12 34 {NUMBER[:4]} {NUMBER[4:8]} {NUMBER[8:]}",
        f"{NUMBER} {NUMBER}",
        " ".join(NUMBER),
        f"1 2 3 {' '.join(NUMBER)}",
        f"{'ab' * 32} {NUMBER}",
    ],
)
def test_a_number_behind_other_digits_is_found(text):
    assert stray_number.inside(text)
    assert "1010" not in stray_number.hide(text).replace(" ", "")


def test_a_digest_is_no_number():
    """64 hexadecimal digits, as in the usage log, even when twelve of them would be a number."""
    digest = f"{NUMBER}ab" + "0a" * 25
    assert len(digest) == 64
    assert stray_number.hide(digest) == digest
