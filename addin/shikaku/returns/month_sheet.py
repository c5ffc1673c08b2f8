"""月次, the sheet of the manager's report for the month: two A4 pages, then the list by employer.

What is counted stands in ``month``; here it is drawn. Columns are as wide as upright A4 is, so that it
prints at full size.
"""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from shikaku.fields import era_date
from shikaku.model.schema import schema
from shikaku.model.settings import Settings
from shikaku.returns.month import AHEAD, MonthCounts
from shikaku.returns.report_parts import ACCENT, CellLooks, ReportPage, dress
from shikaku.system import masking

if TYPE_CHECKING:
    import pandas as pd

_NAME = "月次"
_GROUNDS = {**schema().lists["ground"], "reissue": "再交付", "unknown": "(記録なし)"}
_LETTERS = {
    "return-request": "返納のお願い",
    "voluntary-end": "任意継続の案内",
    "return-reminder": "督促",
    "return-final": "最終通知",
    "return-loss": "回収不能届",
}
_PLACES = ("交付中", "今月の交付", "今月の督促等", "未返納", "更新30日", f"更新{AHEAD}日")
_COLORS = ("#1F5C8B", "#7FA3BF", "#C98A1B", "#A3401F", "#6B6B6B")
_CHART_ROWS = 16


class MonthSheet(ReportPage):
    """The sheet 月次."""

    def __init__(self, book: Any, looks: CellLooks, frame: "pd.DataFrame", unit: str):
        super().__init__(book, looks, frame, unit, _NAME)

    def draw(self, counts: MonthCounts, settings: Settings) -> None:
        """Fill the sheet: figures, what was issued and sent, the charts, the employers."""
        sheet = self.sheet
        sheet.set_portrait()
        sheet.fit_to_pages(1, 0)
        sheet.set_column("A:A", 26)
        sheet.set_column("B:G", 10.5)
        sheet.set_row(0, 30)
        year, month = counts.as_of.year, counts.as_of.month
        sheet.write_string("A1", f"資格確認書 月次報告 {year}年{month}月", self.looks.title)
        names = masking.shown(f"{settings.insurer_name}  {settings.employer_name}".strip())
        sheet.write_string("A2", names, self.looks.plain)
        day = era_date.format(counts.as_of, weekday=True)
        sheet.write_string("G2", f"{day} 現在", self.looks.right)
        self._figures(counts)
        row = self._table(counts.issued, _GROUNDS, "交付した資格確認書(根拠別)", 6, counts.as_of)
        row = self._table(counts.letters, _LETTERS, "返納に関する文書(件)", row + 2, counts.as_of)
        if counts.imported:
            text = f"ほかに、別のシステムで交付して取り込んだもの {counts.imported}件"
            sheet.write_string(row + 1, 0, text, self.looks.plain)
            row += 1
        row = self._ahead(counts, row + 2)
        breaks = [row + 2]
        row = self._charts(counts, row + 2)
        breaks.append(row)
        sheet.set_h_pagebreaks(breaks)
        self._places(counts, row)

    def _figures(self, counts: MonthCounts) -> None:
        figures = (
            ("交付中(有効)", counts.circulating),
            ("今月の交付", int(counts.issued.iloc[-1].sum())),
            (
                "今月の督促・最終通知",
                int(counts.letters.iloc[-1][["return-reminder", "return-final"]].sum()),
            ),
            (f"{AHEAD}日以内に期限", int(counts.ahead.sum())),
        )
        self.sheet.set_row(3, 32)
        for (first, last), (label, value) in zip(
            ((0, 0), (1, 2), (3, 4), (5, 6)), figures, strict=True
        ):
            for row, look in ((3, self.looks.big), (4, self.looks.caption)):
                if first != last:
                    self.sheet.merge_range(row, first, row, last, "", look)
                if row == 3:
                    self.sheet.write_number(row, first, value, look)
                else:
                    self.sheet.write_string(row, first, label, look)

    def _table(
        self,
        grid: "pd.DataFrame",
        names: dict[str, str],
        title: str,
        row: int,
        as_of: dt.date,
    ) -> int:
        """Keys of a grid by this month, the last and the year from April; the last row."""
        self.sheet.write_string(row, 0, title, self.looks.bold)
        self.heads(row + 1, 0, ["", "今月", "前月", "4月から"])
        year = as_of.year if as_of.month >= 4 else as_of.year - 1
        since = grid[grid.index >= f"{year}-04"]
        row += 1
        for key, name in names.items():
            row += 1
            values = (grid[key].iloc[-1], grid[key].iloc[-2], since[key].sum())
            self.counts(row, 0, name, [int(value) for value in values], sum_=False)
        row += 1
        self.sheet.write_string(row, 0, "計", self.looks.head)
        sums = (grid.iloc[-1].sum(), grid.iloc[-2].sum(), since.to_numpy().sum())
        for column, value in enumerate(sums, 1):
            self.sheet.write_number(row, column, int(value), self.looks.total)
        return row

    def _ahead(self, counts: MonthCounts, row: int) -> int:
        """Certificates that run out, by month of the last day; the last row."""
        text = f"これから有効期限を迎える資格確認書({AHEAD}日以内)"
        self.sheet.write_string(row, 0, text, self.looks.bold)
        self.heads(row + 1, 0, ["月", "件数"])
        row += 1
        for month, value in counts.ahead.items():
            row += 1
            self.counts(row, 0, str(month), [int(value)], sum_=False)
        return row

    def _charts(self, counts: MonthCounts, row: int) -> int:
        """The last twelve months as a table and two charts; the row below them."""
        months = list(counts.issued.index)
        row = self._year(counts.issued, _GROUNDS, "交付(月別・根拠別)", row)
        self._chart(row, "交付した資格確認書", months, list(_GROUNDS.values()), row + 2)
        row = self._year(counts.letters, _LETTERS, "返納に関する文書(月別)", row + _CHART_ROWS + 4)
        self._chart(row, "返納に関する文書", months, list(_LETTERS.values()), row + 2)
        return row + _CHART_ROWS + 4

    def _year(self, grid: "pd.DataFrame", names: dict[str, str], title: str, row: int) -> int:
        """A table of twelve months; its last row."""
        self.sheet.write_string(row, 0, title, self.looks.bold)
        self.heads(row + 1, 0, ["月", *names.values()])
        row += 1
        for month, *values in grid[list(names)].itertuples():
            row += 1
            self.counts(row, 0, str(month), [int(value) for value in values], sum_=False)
        return row

    def _chart(
        self, last: int, title: str, months: Sequence[str], names: Sequence[str], place: int
    ) -> None:
        """A stacked chart of the table of months that ends in the row ``last``."""
        chart = self.book.add_chart({"type": "column", "subtype": "stacked"})
        first = last - len(months) + 1
        for column, (_, color) in enumerate(zip(names, _COLORS, strict=True), 1):
            chart.add_series(
                {
                    "name": [self.name, first - 1, column],
                    "categories": self.area((first, 0), (last, 0)),
                    "values": self.area((first, column), (last, column)),
                    "fill": {"color": color},
                    "gap": 60,
                }
            )
        dress(chart, title, "件")
        self.sheet.insert_chart(place, 0, chart, {"x_scale": 1.35, "y_scale": 1.1})

    def _places(self, counts: MonthCounts, row: int) -> None:
        """Every place, most certificates first, and the sum."""
        self.sheet.write_string(row, 0, f"{self.unit}別", self.looks.bold)
        self.heads(row + 1, 0, [self.unit, *_PLACES])
        row += 1
        for place, *values in counts.places.itertuples():
            row += 1
            self.counts(row, 0, str(place), values, sum_=False)
        row += 1
        self.sheet.write_string(row, 0, "計", self.looks.head)
        for column, value in enumerate(counts.places.sum(), 1):
            self.sheet.write_number(row, column, int(value), self.looks.total)
        self.sheet.print_area(0, 0, row, 6)
        if len(counts.places):
            self._places_chart(counts, row)

    def _places_chart(self, counts: MonthCounts, last: int) -> None:
        """The first places: certificates in circulation."""
        shown = min(len(counts.places), 10)
        first = last - len(counts.places)
        chart = self.book.add_chart({"type": "bar"})
        chart.add_series(
            {
                "name": _PLACES[0],
                "categories": self.area((first, 0), (first + shown - 1, 0)),
                "values": self.area((first, 1), (first + shown - 1, 1)),
                "fill": {"color": ACCENT},
                "gap": 40,
            }
        )
        dress(chart, f"交付中の資格確認書({self.unit}別)", "")
        chart.set_y_axis({"reverse": True})
        chart.set_legend({"none": True})
        self.sheet.insert_chart(last + 2, 0, chart, {"x_scale": 1.35, "y_scale": 1.2})
        self.sheet.print_area(0, 0, last + 22, 6)
