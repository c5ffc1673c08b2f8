"""Individual numbers out of place: the cases, and that nothing ``examine`` takes for a number, nor
anything it is glued to, gets past."""

import re
import time

import pytest
from case_files import by_name, cases
from hypothesis import given
from hypothesis import strategies as st
from shikaku.fields import corporate_number, individual_number, stray_number
from shikaku.fields.text import HYPHENS

NUMBER, SLIP = "000000037370", "000000037371"
ELEVEN = st.text("0123456789", min_size=11, max_size=11)
GAPS = [
    "",
    "-",
    " ",
    "  ",
    "\u3000",
    ".",
    "・",
    "/",
    "\n",
    ",",
    "，",
    "_",
    " - ",
    "\u200b",
    *HYPHENS,
]
SIZES = [(12,), (4, 4, 4), (6, 6), (3, 4, 5), (3, 3, 3, 3), (1,) * 12, (2,) * 6, (4, 8), (8, 4)]
BESIDE = ["", "20260415", "2026-04-15 ", "2026/4/15_", "2026年4月15日", "R8.4.15 ", "番号は", "7"]


def spelt(text: str) -> str:
    return text.format(n=NUMBER, w=SLIP, a=NUMBER[:4], b=NUMBER[4:8], c=NUMBER[8:])


@pytest.mark.parametrize("case", cases("fields/stray_number"), ids=by_name)
def test_case(case):
    text, shown = spelt(case["text"]), spelt(case["shown"])
    labelled = case.get("labelled", False)
    assert stray_number.hide(text, labelled=labelled) == shown
    assert stray_number.inside(text, labelled=labelled) == (text != shown)
    assert stray_number.hide(f"見本{text}様", labelled=labelled) == f"見本{shown}様"
    assert text == shown or stray_number.suspects(["架空　太郎", text, "1-2-3"]) == {text}


@given(
    ELEVEN, st.sampled_from(SIZES), st.sampled_from(GAPS), st.sampled_from(BESIDE), st.booleans()
)
def test_no_spelling_gets_past(eleven, sizes, gap, beside, behind):
    number = eleven + individual_number.calc_check_digit(eleven)
    if len(sizes) > 5:
        beside = beside if not beside[-1:].isdigit() else ""  # nobody could tell where it begins
    rest, parts = number, []
    for size in sizes:
        parts.append(rest[:size])
        rest = rest[size:]
    text = gap.join(parts)
    whole = text + beside if behind else beside + text
    digits = re.sub(r"[^0-9]", "", whole)
    if corporate_number.is_valid(digits) and len(digits) == 13:
        return
    assert number not in re.sub(r"[^0-9]", "", stray_number.hide(whole))
    assert stray_number.inside(whole)


@given(ELEVEN, st.lists(st.sampled_from(["", "-", " ", "ー", "\u3000", "\u200b"]), min_size=11))
def test_what_examine_takes_is_found(eleven, gaps):
    number = eleven + individual_number.calc_check_digit(eleven)
    text = "".join(digit + gap for digit, gap in zip(number, [*gaps[:11], ""], strict=False))
    found = individual_number.examine(text)
    days = re.search("(19|20)[0-9]{2}", number)  # a day may stand in it, and is let through
    assert stray_number.inside(text) or not found.ok or days or number[0] == "0"


@pytest.mark.parametrize(
    "text", ["1", "1 ", "123-", "2026-04-15 ", "03-0000-0000 ", "12:34 ", "0 -"]
)
def test_long_texts_take_no_longer_than_their_length(text):
    began = time.process_time()
    stray_number.hide(text * (32_000 // len(text)))
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    "text",
    [
        f"12 34 {NUMBER[:4]} {NUMBER[4:8]} {NUMBER[8:]}",
        f"{NUMBER} {NUMBER}",
        " ".join(NUMBER),
        f"{'ab' * 32} {NUMBER}",
    ],
)
def test_a_number_behind_other_digits_is_found(text):
    assert stray_number.inside(text)
    assert NUMBER[-4:] not in stray_number.hide(text).replace(" ", "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("7" * 2000, "7" * 2000),
        (NUMBER + "7" * 1988, "*" * 12 + "7" * 1988),
        ("7" * 2001, "*" * 12),
        ("見本" * 1100 + SLIP, "見本" * 1100 + SLIP),
    ],
    ids=["2,000 digits", "2,000 with a number", "2,001 digits", "a run far down a text"],
)
def test_so_many_digits_are_blotted_out_whole(text, shown):
    assert stray_number.hide(text) == shown


def test_digits_of_every_script_are_suspected():
    """What is taken for no digit at a glance is none: a block without digits has not got one since."""
    for char in filter(str.isdigit, map(chr, range(0x110000))):
        ten = "東" + f"{char} " * 10
        assert stray_number.suspects([ten, f"{char}" * 9 + "京"]) == {ten}


@given(st.lists(st.text("0１²٣ \n-東", max_size=30), max_size=4))
def test_texts_with_so_many_digits_are_suspected(texts):
    many = {text for text in texts if sum(map(str.isdigit, text)) >= stray_number.FEWEST}
    several = {text for text in texts if "\n" in text}
    assert many <= stray_number.suspects(texts) <= many | several


def test_a_digest_is_no_number():
    """64 hexadecimal digits, as in the usage log, even when twelve of them would be a number."""
    digest = f"{NUMBER}ab" + "0a" * 25
    assert len(digest) == 64
    assert stray_number.hide(digest) == digest
