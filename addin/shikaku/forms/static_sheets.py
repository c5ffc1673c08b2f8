"""表紙 and コード表: sheets that only the form fills, taken over whole.

Where somebody has put something of their own there, the old sheet stays under another name.
"""

import re

from shikaku.forms.present_form import PresentForm
from shikaku.ooxml import xml_bytes
from shikaku.ooxml.cell_xml import content_of
from shikaku.ooxml.sheet_data import SheetXml
from shikaku.workbook.reader import SheetPart, Workbook
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

    def cell(match: re.Match[bytes]) -> bytes:
        tag = match[0]
        found = re.search(rb' s="(\d+)"', tag)
        if found:
            look = b' s="%d"' % transfer.look(int(found[1]))
            tag = tag[: found.start()] + look + tag[found.end() :]
        return tag

    def text(match: re.Match[bytes]) -> bytes:
        kind, content = content_of(strings[int(match[2])], b"", date1904=False)
        return b'<c%s t="%s">%s</c>' % (match[1], kind or b"str", content)

    data = re.sub(rb"<(?:c|row) [^>]*>", cell, xml.data)
    data = re.sub(
        rb'(<col [^>]*style=")(\d+)"',
        lambda m: b'%s%d"' % (m[1], transfer.look(int(m[2]))),
        data,
    )
    data = re.sub(rb'<c([^>]*) t="s"><v>(\d+)</v></c>', text, data)
    data = re.sub(
        rb' dxfId="(\d+)"', lambda m: b' dxfId="%d"' % transfer.difference(int(m[1])), data
    )
    data = data.replace(b' tabSelected="1"', b' tabSelected="1"' if selected else b"")
    if strict:
        data = data.replace(xml_bytes.MAIN[0], xml_bytes.MAIN[1], 1)
        data = data.replace(_RELATIONS[0], _RELATIONS[1], 1)
    return data


def is_selected(xml: SheetXml) -> bool:
    """Whether the tab is among those that the workbook opens with."""
    return b'tabSelected="1"' in xml.data[slice(*xml.head)]


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
