"""The formulas of a single cell, worked out by LibreOffice, beside their twin, each at its edges."""

import datetime as dt

import openpyxl
import pytest
from office import convert
from shikaku.live import cell_faults
from shikaku.model.tables import Row
from shikaku.template import cell_formulas
from shikaku.template.content import cell

SCAN, WIDE = cell_faults.POSTAL_SCAN, "\u3000"
VALUES: dict[str, list] = {
    "name": [
        *(
            "架空 太郎",
            "架空 太郎様",
            "様",
            "太様",
            "太郎様",
            f" 太郎様{WIDE}",
            "様々",
            f"様{WIDE}様",
        ),
        *(
            "架空太郎2",
            "架空２郎",
            "㈱架空",
            "架空(太郎)",
            "架空～太郎",
            "架空・太郎",
            "架空・J.太郎",
        ),
        *(True, 12, dt.date(2026, 4, 1)),
    ],
    "kana": [
        *(
            "カクウ タロウ",
            f"ｶｸｳ{WIDE}ﾀﾛｳ",
            "カクウ　たろう",
            "架空",
            "カクウ・タロウ",
            "カクウ=タロウ",
        ),
        *(
            "カ\u3099ク",
            "カ\u309aク",
            "カ゛ク",
            "ヴァー",
            "カクウ\nタロウ",
            "カクウ\u200bタロウ",
            "KAKU",
        ),
        *("ア" * 60 + "x", "ア" * 59 + "x", 12, True),
    ],
    "postal": [
        *(
            "100-0001",
            "1000001",
            "１００－０００１",
            "〒100-0001",
            "100ー0001",
            "100-001",
            "100-00011",
        ),
        *("000-0001", "0000001", "〒000-0001", "001-0001", "〒0010001", "100 0001", "100-0001様"),
        *(" ", "海外", "x" * SCAN, "x" * (SCAN + 1), "1000001" + " " * (SCAN - 7), 1000001, True),
    ],
    "count": [
        *("0", "1", "１", " 2 ", "-1", "1.5", "一", "1枚", "12345678", "123456789", "0000000000"),
        *(0, 1, -1, 1.5, 99_999_999, 100_000_000, True, " ", dt.date(2026, 4, 1)),
    ],
}
TRIED = [(type_, value, "") for type_, values in VALUES.items() for value in values]
TRIED += [("postal", value, cell_faults.ABROAD) for value in ("100-001", "", "海外")]


@pytest.fixture(scope="module")
def said(tmp_path_factory) -> list[tuple[bool, bool]]:
    """Of each value whether its formula finds fault with it, and whether that of a count above 0 is true."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row, (type_, value, reason) in enumerate(TRIED, 1):
        sheet.cell(row, 1, value)
        sheet.cell(row, 2, reason or None)
        if isinstance(value, str):
            sheet.cell(row, 1).number_format = "@"
        fault = cell_formulas._CONDITIONS[type_](f"A{row}", f"B{row}")
        for column, formula in ((3, fault), (4, cell_formulas.positive(f"A{row}"))):
            sheet.cell(row, column, f"=IF({formula},1,0)")
    path = tmp_path_factory.mktemp("cells") / "cells.xlsx"
    book.save(path)
    done = openpyxl.load_workbook(convert(path, path.parent / "out"), data_only=True).active
    return [
        (done.cell(row, 3).value == 1, done.cell(row, 4).value == 1)
        for row in range(1, len(TRIED) + 1)
    ]


JUDGES = {
    "name": cell_faults.name_fault,
    "kana": cell_faults.kana_fault,
    "postal": cell_faults.postal_fault,
    "count": cell_faults.count_fault,
}


@pytest.mark.parametrize("type_", VALUES)
def test_a_formula_finds_what_its_twin_finds(said, type_):
    found, expected = [], []
    for (one, value, reason), (fault, _) in zip(TRIED, said, strict=True):
        if one == type_:
            cells = {"it": cell(value)} | ({"no_number_reason": cell(reason)} if reason else {})
            found.append((value, reason, fault))
            judged = JUDGES[type_](Row("acquisition", 2, cells), "it")
            expected.append((value, reason, judged))
    assert found == expected
    assert {judged for _, _, judged in expected} == {True, False}


def test_a_count_above_0_is_one_for_both(said):
    counts = [
        (value, some)
        for (type_, value, _), (_, some) in zip(TRIED, said, strict=True)
        if type_ == "count"
    ]
    assert counts == [(value, cell_faults.positive(cell(value))) for value, _ in counts]
    assert {some for _, some in counts} == {True, False}
