"""表紙 and コード表: sheets that only the form fills, taken over whole.

Where somebody has put something of their own there, the old sheet stays under another name.
"""

from shikaku.forms.present_form import PresentForm
from shikaku.ooxml import xml_bytes
from shikaku.ooxml.cell_xml import content_of
from shikaku.ooxml.sheet_data import SheetXml
from shikaku.workbook.common_parts import SheetPart, Workbook
from shikaku.workbook.session import FORM_NOTE

SHEETS = ("cover", "codes")

SUFFIX = "(以前の様式)"
"""Behind the name of an old sheet that is kept."""

_RELATIONS = (
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    b"http://purl.oclc.org/ooxml/officeDocument/relationships",
)


def sheet_part(present: PresentForm, key: str, *, strict: bool, selected: bool) -> bytes:
    """The form's sheet as a part of another workbook: looks and texts are taken along."""
    xml = present.xml(key)
    strings, transfer = present.values(xml).strings, present.transfer

    def changed(tag: bytes) -> bytes:
        found = xml_bytes.attributes(tag)
        for name, new in ((b"s", transfer.look), (b"style", transfer.look), (b"dxfId", difference)):
            if name in found:
                tag = xml_bytes.set_attribute(tag, name, b"%d" % new(int(found[name])))
        return tag

    difference = transfer.difference
    data = xml_bytes.retagged(xml.data, changed, b"c", b"row", b"col", b"cfRule")
    edits = []
    for cell in xml_bytes.named(data, b"c"):
        tag = data[cell.start : cell.inner]
        if xml_bytes.attributes(tag).get(b"t") == b"s":
            index = next(xml_bytes.children(data, cell, b"v"))
            text = strings[int(data[slice(*xml_bytes.inside(data, index))])]
            kind, content = content_of(text, b"", date1904=False)
            tag = xml_bytes.set_attribute(tag, b"t", kind or b"str")
            edits.append((cell.start, cell.end, b"%s%s</c>" % (tag, content)))
    data = xml_bytes.splice(data, edits)
    if not selected:
        data = xml_bytes.retagged(
            data, lambda tag: xml_bytes.set_attribute(tag, b"tabSelected", None), b"sheetView"
        )
    if strict:
        data = data.replace(xml_bytes.MAIN[0], xml_bytes.MAIN[1], 1)
        data = data.replace(_RELATIONS[0], _RELATIONS[1], 1)
    return data


def is_selected(xml: SheetXml) -> bool:
    """Whether the tab is among those that the workbook opens with."""
    head = xml.data[slice(*xml.head)]
    views = xml_bytes.named(head, xml.p + b"sheetView")
    marks = (xml_bytes.attributes(head[v.start : v.inner]).get(b"tabSelected") for v in views)
    return any(mark in xml_bytes.TRUE for mark in marks)


def has_own(workbook: Workbook, tab: SheetPart, present: PresentForm, former: set[str]) -> bool:
    """Whether somebody has put something on a sheet of the form's: a picture, a comment, a text that
    is in no version of it. former: the texts of former versions."""
    if workbook.package.relations(tab.part):
        return True
    known = former | set(present.values(present.xml("cover")).strings)
    xml = workbook.sheet_xml(tab)
    values = workbook.values(xml)
    for raw in xml.rows():
        for _, attributes, content in raw.cells:
            cell = values.cell(attributes, content)
            if cell.formula or cell.value is None or cell.typed.startswith(FORM_NOTE):
                continue
            if cell.typed not in known:
                return True
    return False
