"""Marks in a workbook open in Excel: set, found again and taken back (``marks`` says how)."""

import itertools
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from shikaku.excel.fills import UNKEPT, Unkept, mark_fill
from shikaku.excel.hidden_names import hidden_names
from shikaku.excel.hidden_rows import stretches
from shikaku.excel.native import native
from shikaku.workbook import mark_colours

if TYPE_CHECKING:
    import xlwings as xw

    from shikaku.excel.undo import UndoSteps

_SEVERITIES = ("error", "warning", "info")


class Marker:
    """Marks cells of one workbook; every change is noted in the journal first."""

    def __init__(self, target: "xw.Book", journal: "UndoSteps"):
        self.target = target
        self.journal = journal
        self.native = native()

    def mark(
        self,
        sheets: Mapping[str, "xw.Sheet"],
        places: Mapping[tuple[str, int, int], str],
    ) -> None:
        """Take every older mark from the sheets (by schema key) and mark these places anew.

        places: (sheet key, Excel row, Excel column) → severity; those on other sheets are left
        out, and so are cells whose fill couldn't be brought back.
        """
        for sheet in sheets.values():
            if not self.native.no_formats(sheet):
                self._unmark(sheet)
        underneath = mark_colours.Underneath()
        for key in sorted(sheets):
            wanted = {
                (row, column): severity
                for (sheet, row, column), severity in sorted(places.items())
                if sheet == key
            }
            if wanted:
                self._mark(sheets[key], wanted, underneath)
        self._keep(underneath.names())

    def _mark(
        self,
        sheet: "xw.Sheet",
        wanted: Mapping[tuple[int, int], str],
        underneath: mark_colours.Underneath,
    ) -> None:
        before: list[tuple[int, int, str | None]] = []
        after: list[tuple[int, int, str | None]] = []
        fills = self.native.fills(sheet, list(wanted))
        for (cell, severity), fill in zip(wanted.items(), fills, strict=True):
            code = None if fill == UNKEPT else underneath.code(fill)
            if code is not None:
                before.append((*cell, fill))
                after.append((*cell, mark_fill(mark_colours.colour(severity, code))))
        self.journal.set_fills(sheet, before, after)

    def _unmark(self, sheet: "xw.Sheet") -> None:
        under = self._kept()
        colours = [
            mark_colours.colour(s, code) for s in _SEVERITIES for code in (0, *sorted(under))
        ]
        found = self.native.painted(sheet, colours)
        if not found:
            return
        marks = [(row, column, mark_fill(rgb)) for row, column, rgb in found]
        fills = [
            (row, column, under.get(mark_colours.code_of(rgb) or 0)) for row, column, rgb in found
        ]
        self.journal.set_fills(sheet, marks, fills)

    def clean_copy(self, source: "xw.Range", copies: "xw.Range") -> None:
        """Cells that got their look from a marked one look as that one did before its mark."""
        with suppress(Unkept):
            fill = self.native.fill(source) or ""
            code = (
                mark_colours.code_of(fill.partition("rgb='")[2][:8]) if "'solid'" in fill else None
            )
            if code is not None:
                self._fill(copies, self._kept().get(code))

    def _fill(self, area: "xw.Range", fill: str | None) -> None:
        for part in stretches(area):
            self.native.set_fill(part, fill)

    def _kept(self) -> dict[int, str]:
        return mark_colours.kept(hidden_names(self.target))

    def _keep(self, new: dict[str, str]) -> None:
        old = hidden_names(self.target)
        if {name: formula.removeprefix("=") for name, formula in old.items()} != new:
            wanted = {name: f"={formula}" for name, formula in new.items()}
            self.journal.set_names(self.target, wanted)


def runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Ascending numbers as (first, last) of unbroken runs.

    >>> runs([2, 3, 4, 7])
    [(2, 4), (7, 7)]
    """
    groups = itertools.groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])
    found = [[number for _, number in group] for _, group in groups]
    return [(run[0], run[-1]) for run in found]
