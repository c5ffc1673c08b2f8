"""Where a line may end: rdocx's own rules."""

import pytest
from shikaku.letters.pdf.rdocx.line_breaks import asian, line_ends


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("東京都千代田区", ["東", "京", "都", "千", "代", "田", "区"]),
        ("さくら台四丁目5番6号", [*"さくら台四丁目5番6号"]),
        ("（仮）団地", ["（仮）", "団", "地"]),
        ("ショッピング。", ["ショッ", "ピ", "ン", "グ。"]),
        ("03-1234-5678まで", ["03-1234-5678", "ま", "で"]),
        ("Nguyen Van An 様", ["Nguyen ", "Van ", "An ", "様"]),
        ("令和8年4月1日 です", [*"令和8年4月1", "日 ", "で", "す"]),
        ("「引用」 ー", ["「引", "用」 ー"]),
        ("A棟・305", ["A", "棟・", "305"]),
        ("1,000円 (税込)", ["1,000", "円 ", "(税", "込)"]),
        ("", []),
    ],
)
def test_pieces_that_stay_together(text, pieces):
    ends = line_ends(text)
    found, start = [], 0
    for at, end in enumerate(ends, start=1):
        if end:
            found.append(text[start:at])
            start = at
    assert found == pieces


@pytest.mark.parametrize("text", ["שלום", "名前\u0301", "👪", "—"])
def test_no_answer_for_what_was_not_measured(text):
    assert line_ends(text) is None


@pytest.mark.parametrize(
    ("text", "yes"),
    [
        ("OK20260415-567-01", False),
        ("Ａ", True),
        ("ｱ", True),
        ("12号", True),
        ("①", False),
        ("", False),
    ],
)
def test_japanese_in_a_line(text, yes):
    assert asian(text) is yes
