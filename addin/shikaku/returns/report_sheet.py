"""The manager's page on the returns, drawn: one sheet of one A4 page with two charts.

The figures are ``report``'s. A workbook of its own, so that it can be passed round.
"""

import datetime as dt
import io
from collections import Counter
from pathlib import Path
from typing import Any

from shikaku.fields import era_date
from shikaku.model.settings import Settings
from shikaku.returns.ledger import LedgerPlan
from shikaku.returns.report import (
    AGES,
    STEPS,
    age_class,
    open_cases,
    places,
    recovery,
)
from shikaku.system.atomic import replacing

_COLORS = dict(
    zip(
        STEPS,
        ("#9DB7CC", "#7FA3BF", "#1F5C8B", "#C98A1B", "#A3401F", "#6B6B6B", "#BBBBBB"),
        strict=True,
    )
)
"""A step has its colour from month to month, whichever steps a page has."""
_NAME = "回収状況"
_FONT = "BIZ UDPGothic"
_COUNT = '#,##0;-#,##0;"–"'  # an empty place is quieter than a row of zeros
_ACCENT, _SOFT, _LINE = "#1F5C8B", "#E8F0F6", "#B8C4CE"
_BORDER = {"border": 1, "border_color": _LINE}
_BIG = {
    "font_size": 22,
    "bold": True,
    "align": "center",
    "bg_color": _SOFT,
    "font_color": _ACCENT,
}
_STYLES: dict[str, dict[str, Any]] = {
    "title": {"font_size": 18, "bold": True, "font_color": _ACCENT},
    "head": {
        "bold": True,
        "bg_color": _ACCENT,
        "font_color": "white",
        **_BORDER,
        "align": "center",
    },
    "cell": _BORDER,
    "narrow": {**_BORDER, "shrink": True},
    "number": {**_BORDER, "num_format": _COUNT, "align": "right"},
    "total": {**_BORDER, "bold": True, "bg_color": _SOFT, "num_format": _COUNT},
    "rate": {**_BORDER, "num_format": "0.0%"},
    "big": {**_BIG, "num_format": "#,##0"},
    "percent": {**_BIG, "num_format": "0.0%"},
    "caption": {"align": "center", "bg_color": _SOFT, "font_color": "#44525E"},
    "plain": {},
    "right": {"align": "right"},
    "strong": {"bold": True},
}

_GRID_HEAD, _MONTHS_HEAD, _MONTHS_COLUMN = 7, 7, 9
"""Rows of the headings of both tables, and the first column of the right one (from 0)."""


def build(path: Path, plan: LedgerPlan, settings: Settings, as_of: dt.date) -> None:
    """Write the page as an .xlsx. Raises BookError when the file can't be written."""
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": "資格確認書 回収状況", "created": dt.datetime(2026, 1, 1)})
        book.formats[0].set_font_name(_FONT)
        _Page(book, plan, settings, as_of).draw()
    with replacing(Path(path)) as draft:
        draft.write_bytes(out.getvalue())


class _Page:
    """The sheet being drawn. book: xlsxwriter's, which comes without types."""

    def __init__(self, book: Any, plan: LedgerPlan, settings: Settings, as_of: dt.date) -> None:
        self.book, self.plan, self.settings, self.as_of = book, plan, settings, as_of
        common = {"font_name": _FONT, "font_size": 10, "valign": "vcenter"}
        self.style = {name: book.add_format({**common, **more}) for name, more in _STYLES.items()}
        self.sheet = book.add_worksheet(_NAME)
        self.items = open_cases(plan)
        self.months = recovery(plan)
        open_steps = {item.stage for item in self.items}
        self.steps = [key for key in STEPS if key in open_steps] or ["none"]

    def draw(self) -> None:
        """The whole page."""
        self._set_up()
        self._figures()
        last = max(self._places(self._grid() + 2), self._months())
        place = last + 2
        self._chart_of_ages(place)
        if self.months:
            self._chart_of_months(place)
        self.sheet.print_area(0, 0, place + 23, 12)

    def _set_up(self) -> None:
        sheet, style = self.sheet, self.style
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 1)
        sheet.set_margins(0.4, 0.4, 0.5, 0.5)
        sheet.set_footer("&L&8回収状況&R&8&P / &N")
        sheet.set_column("A:A", 24)
        sheet.set_column("B:H", 12)
        sheet.set_column("I:I", 3)
        sheet.set_column("J:M", 13)
        sheet.set_row(0, 30)
        names = f"{self.settings.insurer_name}  {self.settings.employer_name}".strip()
        day = f"{era_date.format(self.as_of, weekday=True)} 現在"
        sheet.write_string("A1", "資格確認書等の回収状況", style["title"])
        sheet.write_string("A2", names, style["plain"])
        sheet.write_string("H2", day, style["right"])

    def _figures(self) -> None:
        """Four large figures in a row."""
        states = Counter(item.state for item in self.plan.entries)
        due, back = (sum(pair[i] for pair in self.months.values()) for i in (0, 1))
        figures: tuple[tuple[str, float, str], ...] = (
            ("未返納", len(self.items), "big"),
            ("うち期限超過", states["overdue"], "big"),
            ("うち返不能", states["not_returnable"], "big"),
            ("回収率", back / due if due else 1, "percent"),
        )
        self.sheet.set_row(3, 32)
        for i, (label, value, look) in enumerate(figures):
            column = i * 2
            self.sheet.merge_range(3, column, 3, column + 1, "", self.style[look])
            self.sheet.write_number(3, column, value, self.style[look])
            self.sheet.merge_range(4, column, 4, column + 1, label, self.style["caption"])

    def _heads(self, row: int, column: int, title: str, labels: list[str]) -> None:
        self.sheet.write_string(row - 1, column, title, self.style["strong"])
        for i, label in enumerate(labels):
            self.sheet.write_string(row, column + i, label, self.style["head"])

    def _grid(self) -> int:
        """Open cases: days past the limit × step. The last row."""
        labels = [label for label, _ in AGES]
        title = "未返納の件数(期限からの経過 × 段階)"
        self._heads(_GRID_HEAD, 0, title, ["段階", *labels, "計"])
        count = Counter((item.stage, age_class(item, self.as_of)) for item in self.items)
        row = _GRID_HEAD
        for step in self.steps:
            row += 1
            self.sheet.write_string(row, 0, STEPS[step], self.style["cell"])
            for i, label in enumerate(labels):
                self.sheet.write_number(row, 1 + i, count[step, label], self.style["number"])
            whole = sum(count[step, label] for label in labels)
            self.sheet.write_number(row, 1 + len(labels), whole, self.style["total"])
        return row

    def _places(self, row: int) -> int:
        """Open cases by employer or department, ten of them and the rest. The last row."""
        unit, shown = places(self.plan)
        row += 1
        self._heads(row, 0, f"{unit}別(未返納の多い順)", [unit, "未返納", "期限超過"])
        rest = shown[10:]
        if rest:
            others = f"ほか {len(rest)}{unit}"
            shown = [*shown[:10], (others, sum(n for _, n, _ in rest), sum(n for *_, n in rest))]
        for place, count, late in shown:
            row += 1
            self.sheet.write_string(row, 0, place, self.style["narrow"])
            self.sheet.write_number(row, 1, count, self.style["number"])
            self.sheet.write_number(row, 2, late, self.style["number"])
        return row

    def _months(self) -> int:
        """Recovery by month of loss, beside the first table. The last row."""
        labels = ["喪失月", "返納対象", "返納済", "回収率"]
        self._heads(_MONTHS_HEAD, _MONTHS_COLUMN, "喪失月ごとの回収率(直近12か月)", labels)
        row, column = _MONTHS_HEAD, _MONTHS_COLUMN
        for month, (wanted, got) in list(self.months.items())[-12:]:
            row += 1
            self.sheet.write_string(row, column, month, self.style["cell"])
            self.sheet.write_number(row, column + 1, wanted, self.style["number"])
            self.sheet.write_number(row, column + 2, got, self.style["number"])
            self.sheet.write_number(row, column + 3, got / wanted, self.style["rate"])
        return row

    def _chart_of_ages(self, place: int) -> None:
        chart = self.book.add_chart({"type": "column", "subtype": "stacked"})
        for i, step in enumerate(self.steps, _GRID_HEAD + 1):
            chart.add_series(
                {
                    "name": [_NAME, i, 0],
                    "categories": [_NAME, _GRID_HEAD, 1, _GRID_HEAD, len(AGES)],
                    "values": [_NAME, i, 1, i, len(AGES)],
                    "fill": {"color": _COLORS[step]},
                    "gap": 60,
                }
            )
        _dress(chart, "未返納の件数と、期限からの経過", "件")
        self.sheet.insert_chart(place, 0, chart, {"x_scale": 1.5, "y_scale": 1.5})

    def _chart_of_months(self, place: int) -> None:
        first = _MONTHS_HEAD + 1
        last = _MONTHS_HEAD + min(len(self.months), 12)
        chart = self.book.add_chart({"type": "line"})
        chart.add_series(
            {
                "name": "回収率",
                "categories": [_NAME, first, _MONTHS_COLUMN, last, _MONTHS_COLUMN],
                "values": [_NAME, first, _MONTHS_COLUMN + 3, last, _MONTHS_COLUMN + 3],
                "line": {"color": _ACCENT, "width": 2.5},
                "marker": {"type": "circle", "size": 7, "fill": {"color": _ACCENT}},
                "data_labels": {"value": True, "num_format": "0%", "position": "above"},
            }
        )
        _dress(chart, "喪失月ごとの回収率", "")
        chart.set_y_axis(
            {
                "min": 0,
                "max": 1,
                "num_format": "0%",
                "major_gridlines": {"visible": True, "line": {"color": "#DDDDDD"}},
            }
        )
        chart.set_legend({"none": True})
        self.sheet.insert_chart(place, _MONTHS_COLUMN, chart, {"x_scale": 0.84, "y_scale": 1.5})


def _dress(chart: Any, title: str, unit: str) -> None:
    font = {"name": _FONT, "size": 9}
    chart.set_title(
        {"name": title, "name_font": {**font, "size": 12, "bold": True}, "overlay": False}
    )
    chart.set_x_axis({"num_font": font})
    chart.set_y_axis(
        {
            "name": unit,
            "num_font": font,
            "name_font": font,
            "major_gridlines": {"visible": True, "line": {"color": "#DDDDDD"}},
        }
    )
    chart.set_legend({"position": "bottom", "font": font})
    chart.set_chartarea({"border": {"none": True}})
