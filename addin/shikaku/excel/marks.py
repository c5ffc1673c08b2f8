"""Marks in a workbook open in Excel: set, found again and taken back (``marks`` says how)."""

import itertools
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from shikaku.excel.fills import Unkept
from shikaku.excel.hidden_rows import stretches
from shikaku.excel.native import native
from shikaku.workbook import mark_colours

if TYPE_CHECKING:
    import xlwings as xw

    from shikaku.excel.undo import Journal

_SEVERITIES = ("error", "warning", "info")


class Marker:
    """Marks cells of one workbook; every change is noted in the journal first."""

    def __init__(self, target: "xw.Book", journal: "Journal"):
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
        filled = []
        for (key, column, severity), rows in _by_column(places).items():
            for first, last in runs(rows) if key in sheets else ():
                area = sheets[key].range((first, column), (last, column))
                if self.native.plain(area):
                    self.journal.note(partial(self._fill, area, None))
                    self._paint(area, mark_colours.colour(severity, 0))
                else:
                    filled += [((key, row, column), severity) for row in range(first, last + 1)]
        underneath = mark_colours.Underneath()
        for (key, row, column), severity in sorted(filled):
            self._mark_filled(sheets[key].range((row, column)), severity, underneath)
        self._keep(underneath.names())

    def _mark_filled(
        self, cell: "xw.Range", severity: str, underneath: mark_colours.Underneath
    ) -> None:
        with suppress(Unkept):
            fill = self.native.fill(cell)
            code = underneath.code(fill)
            if code is not None:
                self.journal.note(lambda: self.native.set_fill(cell, fill))
                self.native.paint(cell, mark_colours.colour(severity, code))

    def _unmark(self, sheet: "xw.Sheet") -> None:
        under = self._kept()
        colours = [
            mark_colours.colour(s, code) for s in _SEVERITIES for code in (0, *sorted(under))
        ]
        found: dict[tuple[int, str], list[int]] = {}
        for row, column, rgb in self.native.painted(sheet.used_range, colours):
            found.setdefault((column, rgb), []).append(row)
        for (column, rgb), rows in found.items():
            for first, last in runs(sorted(rows)):
                area = sheet.range((first, column), (last, column))
                self.journal.note(partial(self._paint, area, rgb))
                self._fill(area, under.get(mark_colours.code_of(rgb) or 0))

    def clean_copy(self, source: "xw.Range", copies: "xw.Range") -> None:
        """Cells that got their look from a marked one look as that one did before its mark."""
        with suppress(Unkept):
            fill = self.native.fill(source) or ""
            code = (
                mark_colours.code_of(fill.partition("rgb='")[2][:8]) if "'solid'" in fill else None
            )
            if code is not None:
                self._fill(copies, self._kept().get(code))

    def _paint(self, area: "xw.Range", rgb: str) -> None:
        for part in stretches(area):
            self.native.paint(part, rgb)

    def _fill(self, area: "xw.Range", fill: str | None) -> None:
        for part in stretches(area):
            self.native.set_fill(part, fill)

    def _kept(self) -> dict[int, str]:
        return mark_colours.kept(self._names())

    def _keep(self, new: dict[str, str]) -> None:
        old = self._names()
        if {name: formula.removeprefix("=") for name, formula in old.items()} != new:
            self.journal.note(lambda: self._set_names(old))
            self._set_names({name: f"={formula}" for name, formula in new.items()})

    def _names(self) -> dict[str, str]:
        """Our hidden names and what stands in them."""
        found = {name.name: name.refers_to or "" for name in self.target.names}
        return {name: text for name, text in found.items() if name.startswith(mark_colours.NAME)}

    def _set_names(self, wanted: Mapping[str, str]) -> None:
        for old in [n for n in self.target.names if n.name.startswith(mark_colours.NAME)]:
            old.delete()
        for name, formula in wanted.items():
            self.native.hide_name(self.target.names.add(name, formula))


def runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Ascending numbers as (first, last) of unbroken runs.

    >>> runs([2, 3, 4, 7])
    [(2, 4), (7, 7)]
    """
    groups = itertools.groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])
    found = [[number for _, number in group] for _, group in groups]
    return [(run[0], run[-1]) for run in found]


def _by_column(
    places: Mapping[tuple[str, int, int], str],
) -> dict[tuple[str, int, str], list[int]]:
    found: dict[tuple[str, int, str], list[int]] = {}
    for (key, row, column), severity in sorted(places.items()):
        found.setdefault((key, column, severity), []).append(row)
    return found
