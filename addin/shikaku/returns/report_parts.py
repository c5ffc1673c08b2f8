"""What the sheets of the manager's report share: formats, paper, tables, the dress of charts."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

FONT = "BIZ UDPGothic"
COUNT = '#,##0;-#,##0;"–"'  # an empty place is quieter than a row of zeros
ACCENT, SOFT, LINE = "#1F5C8B", "#E8F0F6", "#B8C4CE"
SHOWN = 10
"""Places in a chart, and on the first page."""


class CellLooks:
    """The formats of cells that both sheets share."""

    def __init__(self, book: Any):
        self._book = book
        box = {"border": 1, "border_color": LINE}
        self.title = self.of(font_size=18, bold=True, font_color=ACCENT)
        self.plain, self.right = self.of(), self.of(align="right")
        self.bold = self.of(bold=True)
        self.head = self.of(bold=True, bg_color=ACCENT, font_color="white", align="center", **box)
        self.cell = self.of(**box)
        self.narrow = self.of(shrink=True, **box)
        self.number = self.of(num_format=COUNT, align="right", **box)
        self.total = self.of(bold=True, bg_color=SOFT, num_format=COUNT, **box)
        self.rate = self.of(num_format="0.0%", **box)
        figure = {"font_size": 22, "bold": True, "align": "center", "font_color": ACCENT}
        self.big = self.of(bg_color=SOFT, num_format="#,##0", **figure)
        self.percent = self.of(bg_color=SOFT, num_format="0.0%", **figure)
        self.caption = self.of(align="center", bg_color=SOFT, font_color="#44525E")

    def of(self, **more: Any) -> Any:
        """A format of our font."""
        style = {"font_name": FONT, "font_size": 10, "valign": "vcenter", **more}
        return self._book.add_format(style)


class ReportPage:
    """What both sheets do: paper, tables, charts. Rows and columns are counted from 0."""

    def __init__(self, book: Any, looks: CellLooks, frame: "pd.DataFrame", unit: str, name: str):
        self.book, self.looks, self.frame, self.unit, self.name = book, looks, frame, unit, name
        self.sheet = book.add_worksheet(name)
        self.sheet.hide_gridlines(2)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.set_margins(0.4, 0.4, 0.5, 0.5)
        self.sheet.set_footer(f"&L&8{name}&R&8&P / &N")

    def heads(self, row: int, column: int, labels: Sequence[str]) -> None:
        """A line of headings."""
        for i, label in enumerate(labels):
            self.sheet.write_string(row, column + i, label, self.looks.head)

    def counts(self, row: int, column: int, name: str, values: Sequence[int], sum_: bool) -> None:
        """A line of a table: its name, its counts and, on request, their sum."""
        self.sheet.write_string(row, column, name, self.looks.narrow)
        for i, value in enumerate(values, 1):
            self.sheet.write_number(row, column + i, int(value), self.looks.number)
        if sum_:
            self.sheet.write_number(
                row, column + len(values) + 1, int(sum(values)), self.looks.total
            )

    def area(self, first: tuple[int, int], last: tuple[int, int]) -> list[Any]:
        """A range of this sheet, as a chart takes it."""
        return [self.name, *first, *last]


def dress(chart: Any, title: str, axis: str) -> None:
    font = {"name": FONT, "size": 9}
    heading = {"name": title, "name_font": {**font, "size": 12, "bold": True}, "overlay": False}
    chart.set_title(heading)
    chart.set_x_axis({"num_font": font})
    grid = {"visible": True, "line": {"color": "#DDDDDD"}}
    chart.set_y_axis({"name": axis, "num_font": font, "name_font": font, "major_gridlines": grid})
    chart.set_legend({"position": "bottom", "font": font})
    chart.set_chartarea({"border": {"none": True}})
