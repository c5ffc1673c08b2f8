"""The manager's report as a workbook: 回収状況 with two charts, 内訳 by place, 月次 (``month_sheet``).

What is counted stands in ``report`` and ``month``; here it is drawn, on A4 at full size: columns are as
wide as the paper. No name and no number of anybody.
"""

import datetime as dt
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shikaku.fields import era_date
from shikaku.model.settings import Settings
from shikaku.returns import month_sheet, report
from shikaku.returns.ledger import LedgerPlan
from shikaku.returns.month import MonthCounts
from shikaku.returns.report import STEPS
from shikaku.returns.report_parts import ACCENT, FONT, SHOWN, CellLooks, ReportPage, dress
from shikaku.system import masking
from shikaku.system.atomic import replacing

if TYPE_CHECKING:
    import pandas as pd

_COLORS = dict(
    zip(
        STEPS,
        ("#9DB7CC", "#7FA3BF", "#1F5C8B", "#C98A1B", "#A3401F", "#6B6B6B", "#BBBBBB"),
        strict=True,
    )
)
"""A step has its colour from month to month, whichever steps a page has."""

_MOVED = {"before": "前月末", "new": "新たに", "gone": "返納など", "now": "現在"}
_MOVED_COLORS = ("#9DB7CC", "#C98A1B", "#7FA3BF", "#1F5C8B")
_PAGE, _DETAILS = "回収状況", "内訳"
_MONTHS = 12


def build(
    path: Path,
    plan: LedgerPlan,
    settings: Settings,
    as_of: dt.date,
    month: MonthCounts | None = None,
) -> None:
    """Write the report as an .xlsx, with the sheet 月次 where the month was counted. Raises BookError
    when the file can't be written."""
    import xlsxwriter

    frame = report.cases(plan, as_of)
    unit = report.unit(plan)
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": "資格確認書 回収状況", "created": dt.datetime(2026, 1, 1)})
        book.formats[0].set_font_name(FONT)
        looks = CellLooks(book)
        _RecoveryPage(book, looks, frame, unit).draw(settings, as_of)
        _Details(book, looks, frame, unit).draw(as_of)
        if month is not None:
            month_sheet.MonthSheet(book, looks, frame, unit).draw(month, settings)
    with replacing(Path(path)) as draft:
        draft.write_bytes(out.getvalue())


class _RecoveryPage(ReportPage):
    """回収状況: the figures, open cases by step and age, places, recovery, two charts."""

    def __init__(self, book: Any, looks: CellLooks, frame: "pd.DataFrame", unit: str):
        super().__init__(book, looks, frame, unit, _PAGE)

    def draw(self, settings: Settings, as_of: dt.date) -> None:
        """Fill the page."""
        sheet, looks = self.sheet, self.looks
        sheet.fit_to_pages(1, 0)
        sheet.set_column("A:A", 22)
        sheet.set_column("B:H", 9)
        sheet.set_column("I:I", 2)
        sheet.set_column("J:M", 9.5)
        sheet.set_row(0, 30)
        sheet.write_string("A1", "資格確認書等の回収状況", looks.title)
        names = masking.shown(f"{settings.insurer_name}  {settings.employer_name}".strip())
        sheet.write_string("A2", names, looks.plain)
        sheet.write_string("H2", f"{era_date.format(as_of, weekday=True)} 現在", looks.right)
        months = report.by_month(self.frame)
        self._figures(months)
        steps = report.by_step(self.frame)
        row = self._places(self._steps(steps, 6) + 2)
        line = self._months(months, 6)
        place = max(row, line) + 2
        sheet.set_h_pagebreaks([place])  # the charts have a page of their own
        self._ages_chart(place, steps)
        if len(months):
            self._rate_chart(place, line)
        sheet.print_area(0, 0, place + 23, 12)

    def _figures(self, months: "pd.DataFrame") -> None:
        due, back = int(months.wanted.sum()), int(months.back.sum())
        looks, states = self.looks, self.frame.state
        figures = (
            ("未返納", int(self.frame.open.sum()), looks.big),
            ("うち期限超過", int((states == "overdue").sum()), looks.big),
            ("うち返不能", int((states == "not_returnable").sum()), looks.big),
            ("回収率", back / due if due else 1, looks.percent),
        )
        self.sheet.set_row(3, 32)
        for i, (label, value, look) in enumerate(figures):
            column = i * 2
            self.sheet.merge_range(3, column, 3, column + 1, "", look)
            self.sheet.write_number(3, column, value, look)
            self.sheet.merge_range(4, column, 4, column + 1, label, looks.caption)

    def _steps(self, steps: "pd.DataFrame", row: int) -> int:
        """Open cases, step × age; the last row."""
        self.sheet.write_string(row, 0, "未返納の件数(期限からの経過 × 段階)", self.looks.bold)
        self.heads(row + 1, 0, ["段階", *map(str, steps.columns), "計"])
        for i, (step, counts) in enumerate(steps.iterrows(), row + 2):
            self.counts(i, 0, STEPS[str(step)], list(counts), sum_=True)
        return row + 1 + len(steps)

    def _places(self, row: int) -> int:
        """The places with most open cases; the last row."""
        self.sheet.write_string(row, 0, f"{self.unit}別(未返納の多い順)", self.looks.bold)
        self.heads(row + 1, 0, [self.unit, "未返納", "期限超過"])
        row += 1
        counts = report.by_place(self.frame)
        for place, *values in counts.head(SHOWN).itertuples():
            row += 1
            self.counts(row, 0, str(place), values, sum_=False)
        rest = counts.iloc[SHOWN:]
        if len(rest):
            row += 1
            self.counts(row, 0, f"ほか {len(rest)}{self.unit}", list(rest.sum()), sum_=False)
        return row

    def _months(self, months: "pd.DataFrame", row: int) -> int:
        """Recovery by month of loss, beside the first table; the last row."""
        self.sheet.write_string(row, 9, "喪失月ごとの回収率(直近12か月)", self.looks.bold)
        self.heads(row + 1, 9, ["喪失月", "返納対象", "返納済", "回収率"])
        line = row + 1
        for month, wanted, back in months.tail(_MONTHS).itertuples():
            line += 1
            self.sheet.write_string(line, 9, str(month), self.looks.cell)
            self.sheet.write_number(line, 10, int(wanted), self.looks.number)
            self.sheet.write_number(line, 11, int(back), self.looks.number)
            self.sheet.write_number(line, 12, back / wanted, self.looks.rate)
        return line

    def _ages_chart(self, place: int, steps: "pd.DataFrame") -> None:
        chart = self.book.add_chart({"type": "column", "subtype": "stacked"})
        ages = len(steps.columns)
        for i, step in enumerate(steps.index, 8):
            chart.add_series(
                {
                    "name": [self.name, i, 0],
                    "categories": self.area((7, 1), (7, ages)),
                    "values": self.area((i, 1), (i, ages)),
                    "fill": {"color": _COLORS[str(step)]},
                    "gap": 60,
                }
            )
        dress(chart, "未返納の件数と、期限からの経過", "件")
        self.sheet.insert_chart(place, 0, chart, {"x_scale": 1.2, "y_scale": 1.5})

    def _rate_chart(self, place: int, line: int) -> None:
        chart = self.book.add_chart({"type": "line"})
        chart.add_series(
            {
                "name": "回収率",
                "categories": self.area((8, 9), (line, 9)),
                "values": self.area((8, 12), (line, 12)),
                "line": {"color": ACCENT, "width": 2.5},
                "marker": {"type": "circle", "size": 7, "fill": {"color": ACCENT}},
                "data_labels": {"value": True, "num_format": "0%", "position": "above"},
            }
        )
        dress(chart, "喪失月ごとの回収率", "")
        grid = {"visible": True, "line": {"color": "#DDDDDD"}}
        chart.set_y_axis({"min": 0, "max": 1, "num_format": "0%", "major_gridlines": grid})
        chart.set_legend({"none": True})
        self.sheet.insert_chart(place, 9, chart, {"x_scale": 0.62, "y_scale": 1.5})


class _Details(ReportPage):
    """内訳: every place by step, against the end of last month, and its recovery by month."""

    def __init__(self, book: Any, looks: CellLooks, frame: "pd.DataFrame", unit: str):
        super().__init__(book, looks, frame, unit, _DETAILS)

    def draw(self, as_of: dt.date) -> None:
        """Fill the sheet, one table below the other."""
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_column("A:A", 24)
        self.sheet.set_column("B:M", 8.3)
        moved = report.since_last_month(self.frame, as_of)
        row = self._moved(moved, as_of)
        row = self._steps(report.by_place_and_step(self.frame), row + 2)
        row = self._rates(report.rate_by_place(self.frame, _MONTHS), row + 2)
        if len(moved):
            self._moved_chart(row + 2, min(len(moved), SHOWN))

    def _moved(self, moved: "pd.DataFrame", as_of: dt.date) -> int:
        end = as_of.replace(day=1) - dt.timedelta(1)
        text = f"前月末({end.isoformat()})との比較: 前月末 + 新たに − 返納など = 現在"
        self.sheet.write_string(0, 0, text, self.looks.bold)
        self.heads(1, 0, [self.unit, *_MOVED.values()])
        row = 1
        for place, *values in moved.itertuples():
            row += 1
            self.counts(row, 0, str(place), values, sum_=False)
        if not len(moved):
            return row
        self.sheet.write_string(row + 1, 0, "計", self.looks.head)
        for i, value in enumerate(moved.sum(), 1):
            self.sheet.write_number(row + 1, i, int(value), self.looks.total)
        return row + 1

    def _moved_chart(self, place: int, shown: int) -> None:
        """The first places of the first table, a column a movement."""
        chart = self.book.add_chart({"type": "column"})
        for i, color in enumerate(_MOVED_COLORS, 1):
            chart.add_series(
                {
                    "name": [self.name, 1, i],
                    "categories": self.area((2, 0), (1 + shown, 0)),
                    "values": self.area((2, i), (1 + shown, i)),
                    "fill": {"color": color},
                }
            )
        dress(chart, "前月末との比較", "件")
        self.sheet.insert_chart(place, 0, chart, {"x_scale": 1.5, "y_scale": 1.3})

    def _steps(self, grid: "pd.DataFrame", row: int) -> int:
        self.sheet.write_string(row, 0, f"未返納の件数({self.unit} × 段階)", self.looks.bold)
        labels = [STEPS[str(step)] for step in grid.columns]
        self.heads(row + 1, 0, [self.unit, *labels, "計"])
        row += 1
        for place, *values in grid.itertuples():
            row += 1
            self.counts(row, 0, str(place), values, sum_=True)
        return row

    def _rates(self, grid: "pd.DataFrame", row: int) -> int:
        self.sheet.write_string(row, 0, f"回収率({self.unit} × 喪失月)", self.looks.bold)
        self.heads(row + 1, 0, [self.unit, *map(str, grid.columns)])
        row += 1
        for place, *values in grid.itertuples():
            row += 1
            self.sheet.write_string(row, 0, str(place), self.looks.narrow)
            for i, value in enumerate(values, 1):
                if value == value:  # not NaN: there was something to return
                    self.sheet.write_number(row, i, float(value), self.looks.rate)
                else:
                    self.sheet.write_blank(row, i, None, self.looks.cell)
        return row
