"""A sheet with a table in the present form: its formulas, its headings' looks, its rules, its paper."""

from shikaku.forms.present_form import PresentForm, UserSheet
from shikaku.forms.sheet_rules import Rules
from shikaku.model.schema import Sheet
from shikaku.ooxml import sheet_tail, xml_bytes
from shikaku.ooxml.sheet_patch import SheetPatch
from shikaku.template.formats import CALCULATED, HEADINGS
from shikaku.workbook.common_parts import Workbook

_AFTER_PAGE = frozenset(
    b"headerFooter rowBreaks colBreaks customProperties cellWatches ignoredErrors smartTags drawing "
    b"legacyDrawing legacyDrawingHF drawingHF picture oleObjects controls webPublishItems tableParts "
    b"extLst".split()
)


class TableRenewal:
    """One sheet. kept: (label, count) of the cells in which somebody has typed over a formula."""

    def __init__(self, workbook: Workbook, sheet: UserSheet, spec: Sheet, present: PresentForm):
        """spec: the sheet as ``present_form.layout`` has it."""
        self.workbook, self.sheet, self.spec, self.present = workbook, sheet, spec, present
        self.patch = SheetPatch(workbook.sheet_xml(sheet.tab), workbook.date1904)
        self.form = SheetPatch(present.xml(sheet.key), date1904=False)
        self.kept: dict[str, int] = {}
        self.own = {
            number: column
            for number, (key, column) in enumerate(spec.columns.items(), 1)
            if key in sheet.table.spec.columns
        }

    def parts(self) -> dict[str, bytes]:
        """Part name → new content."""
        excel, xml = self.sheet.excel, self.patch.xml
        self._formulas()
        self._headings()
        tail, form = xml.data[slice(*xml.tail)], self.form.xml
        present = form.data[slice(*form.tail)]
        header = self.sheet.table.header_row
        rules = Rules(self.present.transfer, self.own, header - 1, excel.end, xml.p)
        tail = rules.validated(rules.formatted(tail, present), present)
        head = xml.data[slice(*xml.head)]
        if b"<%scolBreaks" % xml.p in tail:  # the first form's pages
            head, tail = _one_wide(head, tail, present, xml.p)
        head = sheet_tail.dimension(head, xml.p, *self.patch.rows.extent())
        return {self.sheet.tab.part: self.patch.rows.written(head, tail)[0], excel.part: excel.data}

    def _formulas(self) -> None:
        """The calculated columns, in the table's part and in every row that has a formula or nothing."""
        excel, patch = self.sheet.excel, self.patch
        formulas = {
            number: formula
            for number, formula in self.present.table(self.sheet.key).columns.items()
            if formula and number in self.own
        }
        excel.calculate(formulas)
        for row in range(excel.header + 1, excel.last_data_row() + 1):
            for number, formula in formulas.items():
                if patch.formula(row, number) is None and patch.has_value(row, number):
                    label = self.own[number].label
                    self.kept[label] = self.kept.get(label, 0) + 1
                    continue
                patch.put_formula(row, number, formula, None, self._look(row, number))

    def _look(self, row: int, number: int) -> int:
        """A calculated cell's look: the form's own, unless the user gave it another."""
        style = self.patch.style(row, number)
        colour = self.workbook.styles.solid_colour(style)
        if self.patch.has_cell(row, number) and colour and colour[-6:] != CALCULATED[1:]:
            return style
        return self.present.transfer.look(self.form.style(2, number))

    def _headings(self) -> None:
        header = self.sheet.table.header_row
        for number in self.own:
            style = self.patch.style(header, number)
            colour = self.workbook.styles.solid_colour(style)
            if colour and f"#{colour[-6:].upper()}" in HEADINGS:
                look = self.present.transfer.look(self.form.style(1, number))
                self.patch.restyle(header, number, look)


def _one_wide(head: bytes, tail: bytes, present: bytes, p: bytes) -> tuple[bytes, bytes]:
    """Head and tail of a sheet that prints one page wide, as the form does."""
    tail = xml_bytes.without(xml_bytes.without(tail, p + b"colBreaks"), p + b"pageSetup")
    for setup in xml_bytes.named(present, b"pageSetup"):
        element = xml_bytes.prefixed(present[setup.start : setup.end], p)
        tail = xml_bytes.insert_child(tail, 0, len(tail), element, _AFTER_PAGE)
    fit = b'<%spageSetUpPr fitToPage="1"/>' % p
    head = xml_bytes.without(head, p + b"pageSetUpPr")
    old = next((x for x in xml_bytes.pieces(head, 0, len(head)) if x.full == p + b"sheetPr"), None)
    if old is None:
        return b"<%ssheetPr>%s</%ssheetPr>" % (p, fit, p) + head, tail
    inner = head[slice(*xml_bytes.inside(head, old))]  # pageSetUpPr is the last of them
    tag = head[old.start : old.inner].removesuffix(b"/>").removesuffix(b">")
    new = tag + b">" + inner + fit + b"</%ssheetPr>" % p
    return head[: old.start] + new + head[old.end :], tail
