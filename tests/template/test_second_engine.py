"""The live columns in IronCalc, an engine of its own (MIT), beside LibreOffice.

IronCalc 0.9 reads no structured references and no names that stand for formulas: each formula is given
to it with plain references and the names' formulas in their places. It lifts ISNUMBER over no array, on
which 個人番号チェック rests, and knows no number format with conditions, by which yyyymmdd is
read: 個人番号チェック and the names that rest on it too are given to it as values, and rows with such a
day are left out.
"""

import datetime as dt
import re

import ironcalc
import pytest
from rough_rows import rows
from shikaku.law.closed_days import ClosedDays
from shikaku.live import cell_faults, row_faults, typed_days
from shikaku.live import columns as live
from shikaku.model.schema import FILINGS, schema
from shikaku.model.settings import Settings
from shikaku.model.tables import Row
from shikaku.ooxml.formula_shift import moved_down
from shikaku.template import builder, live_formulas
from shikaku.template.conditional_formats import FirstRowFormulas
from shikaku.template.content import ERROR_TEXTS, Content

AS_OF = dt.date(2026, 4, 15)
COUNT = 120
GIVEN = "number_check"

CLOSED = sorted(builder.closed_days())
FIXED = {
    "判定日": "$BA$1",
    "加算日数_取得と異動": "$BB$1",
    "加算日数_喪失": "$BC$1",
    "休業曜日": "$BD$1",
    "期限を繰り下げる": "TRUE",
    "休日に日付でない行": "FALSE",
    "休業日": f"$BE$1:$BE${len(CLOSED)}",
}
"""What the names of 設定 and 休日 stand for in the engine's only sheet."""


class Engine:
    """One filing in IronCalc: its rows, its formulas, its results."""

    def __init__(self, sheet: str, content: Content):
        self.spec = schema().sheets[sheet]
        self.keys = list(self.spec.columns)
        at = FirstRowFormulas(self.spec)
        place = f"'{self.spec.name}'!"
        self.names = {n: f.lstrip("=").replace(place, "") for n, f in at.names().items()}
        some = [live_formulas.SOME + self.spec.label(key) for key in row_faults.counted(sheet)]
        self.given = {name: 60 + n for n, name in enumerate((live_formulas.LOOKS, *some))}
        order = sorted({**self.names, **FIXED}, key=len, reverse=True)
        self.pattern = re.compile(r'"[^"]*"|' + "|".join(map(re.escape, order)))
        self.formulas = {k: f.lstrip("=") for k, f in at.all().items() if k != GIVEN}
        self.model = ironcalc.create("book", "en", "UTC", "en")
        for column, value in ((53, typed_days.serial(AS_OF)), (54, 5), (55, 4)):
            self.model.update_cell_with_number(0, 1, column, value)
        self.model.update_cell_with_text(0, 1, 56, "0000011")
        for number, day in enumerate(CLOSED, 1):
            self.model.update_cell_with_number(0, number, 57, typed_days.serial(day))
        read = {row.number: row for row in content.read(sheet)}
        for number, values in enumerate(content.rows[sheet], 2):
            for key, value in values.items():
                self._put(number, key, value)
            if number in read:
                self._give(read[number])
            for key, formula in self.formulas.items():
                plain = "=" + self._inlined(moved_down(formula, number - 2), number)
                self.model.update_cell_with_formula(0, number, self.keys.index(key) + 1, plain)
        self.model.evaluate()

    def _give(self, row: Row) -> None:
        self._put(row.number, GIVEN, live.number_check(row))
        looks = "".join(f"、{fault}" for fault in cell_faults.found(row))
        self.model.update_cell_with_text(0, row.number, 60, looks)
        for number, key in enumerate(row_faults.counted(row.sheet), 61):
            some = cell_faults.positive(row.cell(key))
            self.model.update_cell_with_bool(0, row.number, number, some)

    def _inlined(self, formula: str, row: int) -> str:
        def one(match: re.Match[str]) -> str:
            name = match[0]
            if name.startswith('"'):
                return name
            if name in FIXED:
                return FIXED[name]
            if name in self.given:
                return f"${['BH', 'BI'][self.given[name] - 60]}{row}"
            return f"({self._inlined(moved_down(self.names[name], row - 1), row)})"

        return self.pattern.sub(one, formula)

    def _put(self, row: int, key: str, value: object) -> None:
        column, model = self.keys.index(key) + 1, self.model
        if isinstance(value, bool):
            model.update_cell_with_bool(0, row, column, value)
        elif isinstance(value, dt.datetime):
            part = value - dt.datetime.combine(value.date(), dt.time())
            number = typed_days.serial(value.date()) + part / dt.timedelta(1)
            model.update_cell_with_number(0, row, column, number)
        elif isinstance(value, dt.date):
            model.update_cell_with_number(0, row, column, typed_days.serial(value))
        elif isinstance(value, int | float):
            model.update_cell_with_number(0, row, column, float(value))
        elif value in ERROR_TEXTS:
            model.update_cell_with_formula(0, row, column, f"={value}")
        else:
            model.update_cell_with_text(0, row, column, str(value))

    def result(self, row: int, key: str) -> object:
        value = self.model.get_cell_value(0, row, self.keys.index(key) + 1)
        return "" if value is None else value


def has_yyyymmdd(row: Row) -> bool:
    """A day as eight digits, in a number or in text."""
    texts = (row.text(key) for key in typed_days.DAYS[row.sheet])
    return any(text.isdigit() and len(text) == 8 for text in texts)


@pytest.mark.parametrize("sheet", FILINGS)
def test_no_difference_in_a_second_engine(sheet):
    content = Content({sheet: list(rows(sheet, COUNT, seed=8))})
    engine = Engine(sheet, content)
    closed = ClosedDays(builder.closed_days())
    found, checked = [], 0
    for row in content.read(sheet):
        if has_yyyymmdd(row):
            continue
        for key, value in live.values(row, Settings(), closed, AS_OF).items():
            expected = typed_days.serial(value) if isinstance(value, dt.date) else value
            got = engine.result(row.number, key)
            checked += 1
            if got != expected:
                found.append((row.number, key, expected, got))
    assert found == []
    assert checked > COUNT * 5
