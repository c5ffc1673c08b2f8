"""設定 in the present form: its own lines stay where they are, those it lacks come below.

No line moves, since formulas and comments of the user's may point there. The calculated lines get the
present formulas at the places that their names have.
"""

import datetime as dt
import re
from collections.abc import Iterator

from shikaku.forms.present_form import PresentForm
from shikaku.forms.sheet_rules import Rules
from shikaku.model.schema import Column, schema
from shikaku.model.tables import Book, Cell
from shikaku.ooxml import sheet_tail
from shikaku.ooxml.sheet_data import SheetXml
from shikaku.ooxml.sheet_patch import SheetPatch
from shikaku.template import settings_sheet
from shikaku.workbook.common_parts import SheetPart, Workbook

_HEADING = "様式の更新で加わった項目"
_CELL = re.compile(r"'?[^'!]+'?!\$B\$(\d+)\Z")


class SettingsRenewal:
    """The sheet 設定 of a workbook. names: what is to be defined, as ``workbook_part.defined`` has it."""

    def __init__(self, workbook: Workbook, book: Book, tab: SheetPart, present: PresentForm):
        self.workbook, self.book, self.tab, self.present = workbook, book, tab, present
        self.xml = workbook.sheet_xml(tab)
        self.patch = SheetPatch(self.xml, workbook.date1904)
        form = present.xml("settings")
        self.form = SheetPatch(form, date1904=False)
        self.cells = _cells(present, form)
        self.names: dict[tuple[str, int | None], str | None] = {}
        self.next_row = max((number for number, *_ in self.xml.row_spans()), default=0) + 1

    def part(self, known: dict[tuple[str, int | None], str]) -> bytes:
        """The sheet's new content. known: the workbook's names."""
        rules: dict[int, int] = {}  # the form's line → the user's
        for name, row in self._derived():
            place = _CELL.match(known.get((name, None), ""))
            if place and self.patch.formula(int(place[1]), 2) is not None:
                formula = self.form.formula(row, 2) or ""
                style = self.patch.style(int(place[1]), 2)
                self.patch.put_formula(int(place[1]), 2, formula, None, style)
            else:
                self._add(name, row)
        for key, setting in schema().settings.items():
            if key not in self.book.setting_rows:
                row = self._row_of(settings_sheet.prefix(key))
                rules[row] = self._add(settings_sheet.prefix(key), row)
                self.names |= {
                    (name, None): formula
                    for (name, local), formula in self.present.names.items()
                    if local is None
                    and name.endswith(f"_{setting.label}")
                    and name.startswith("日付")
                }
        tail = self._validated(rules)
        head = self.xml.data[slice(*self.xml.head)]
        head = sheet_tail.dimension(head, self.xml.p, *self.patch.rows.extent())
        return self.patch.rows.result(head, tail)

    def _derived(self) -> Iterator[tuple[str, int]]:
        for item in settings_sheet.derived({}):
            yield item.name, self._row_of(item.name)

    def _row_of(self, name: str) -> int:
        """Where the present form has the line of a name."""
        found = _CELL.match(self.present.names[name, None])
        return int(found[1]) if found else 0

    def _add(self, name: str, row: int) -> int:
        """A line of the form below all others; gives its row."""
        if not self.names:
            heading = next(r for r in sorted(self.cells) if r > 1 and 2 not in self.cells[r])
            self.next_row += 1
            self._line(heading, {1: Cell(_HEADING, "text")})
        at = self._line(row, self.cells[row])
        self.names[name, None] = f"'{self.tab.name}'!$B${at}"
        return at

    def _line(self, row: int, cells: dict[int, Cell]) -> int:
        at, transfer = self.next_row, self.present.transfer
        self.next_row += 1
        self.patch.copy_height(at, self.form, row)
        for column in (1, 2, 3):
            style = transfer.look(self.form.style(row, column))
            formula = self.form.formula(row, column)
            value = cells.get(column, Cell()).value
            if formula is not None:
                self.patch.put_formula(at, column, formula, None, style)
            else:
                known = value if isinstance(value, str | int | float | dt.date) else None
                self.patch.put(at, column, known, style)
        return at

    def _validated(self, rows: dict[int, int]) -> bytes:
        """The sheet's tail with the validations of the lines that came."""
        tail = self.xml.data[slice(*self.xml.tail)]
        form = self.form.xml
        present = form.data[slice(*form.tail)]
        for row, at in rows.items():
            line = re.findall(
                rb'<dataValidation [^>]*sqref="B%d"[^>]*?(?:/>|>.*?</dataValidation>)' % row,
                present,
            )
            mine = {2: Column("", "", "text")}
            rules = Rules(self.present.transfer, mine, at - row, at, self.xml.p)
            tail = rules.added(tail, line)
        return tail


def _cells(present: PresentForm, xml: SheetXml) -> dict[int, dict[int, Cell]]:
    values = present.values(xml)
    return {
        raw.number: {column: values.cell(a, content) for column, a, content in raw.cells}
        for raw in xml.rows()
    }
