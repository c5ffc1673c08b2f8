"""What 表紙 counts as wrong, and of whom it says that the status isn't known."""

import datetime as dt

import pytest
from shikaku.law.closed_days import ClosedDays
from shikaku.live import columns, counts
from shikaku.model.settings import Settings
from shikaku.template import builder
from shikaku.template.builder import Content

AS_OF = dt.date(2026, 4, 15)
ROW = {
    "symbol": "1201",
    "number": "1",
    "name": "架空 太郎",
    "birth": dt.date(1951, 4, 1),
    "lost": dt.date(2026, 4, 1),
    "cause": "75歳到達",
}


def counted(sheet: str, row: dict) -> dict[str, int]:
    read = Content({sheet: [row]}).read(sheet)
    return counts.counts({sheet: read}, Settings(), ClosedDays(builder.closed_days()), AS_OF)[sheet]


GOOD = {
    "ok": "000000000019",
    "respelled": "0000-0000-0019",
    "not_given": None,
    "pending": "後日",
}
BAD = {"numeric": 19, "checksum": "000000000018", "length": "19", "dummy": "000000000000"}


@pytest.mark.parametrize("word", [*GOOD, *BAD])
def test_a_number_that_is_to_come_is_no_fault_and_a_wrong_one_is(word):
    number = {**GOOD, **BAD}[word]
    row = ROW | ({} if number is None else {"individual_number": number})
    (read,) = Content({"loss": [row]}).read("loss")
    assert columns.number_check(read) == columns.NUMBER_WORDS[word]
    assert counted("loss", row)["faults"] == (word in BAD)


@pytest.mark.parametrize(
    "status", [None, "", " ", "\u3000", "\u00a0", "不明", "利用登録済", "たぶん"]
)
def test_a_status_of_spaces_is_not_known(status):
    row = {"name": "架空 太郎", "birth": dt.date(1990, 1, 1), "acquired": dt.date(2025, 4, 1)}
    row |= {} if status is None else {"myna_status": status}
    assert counted("members", row)["unknown"] == (status not in ("利用登録済", "たぶん"))
