"""Columns that a workbook lacks, made at the right of its tables.

The schema's ``extra`` ones make an employer's workbook ready to hold the rows of many; others are those
of a later form that a job must write into. Each becomes part of the sheet's Excel table, with the
look of the table's last text column; everything else in the file stays byte for byte.
"""

import re
from collections.abc import Iterable, Mapping

from shikaku.model.schema import Column, schema
from shikaku.model.tables import Table
from shikaku.ooxml import sheet_tail, xml_bytes
from shikaku.ooxml.addresses import LAST_COLUMN, column_letters
from shikaku.ooxml.package import Package
from shikaku.ooxml.sheet_data import SheetXml
from shikaku.ooxml.sheet_patch import SheetPatch
from shikaku.ooxml.table_part import TablePart, around, tables_of
from shikaku.system.errors import BookError
from shikaku.workbook.common_parts import SheetPart, Workbook
from shikaku.workbook.reader import read_table


def widened(data: bytes, name: str, wanted: Mapping[str, Iterable[str]]) -> bytes:
    """The workbook with the columns that its sheets lack. wanted: column keys by sheet; those that are none
    of the sheet's own are left out.

    Raises BookError.
    """
    package = Package(data, name)
    workbook = Workbook(package)
    changed: dict[str, bytes] = {}
    for key, keys in wanted.items():
        spec = schema().sheets[key]
        tab = workbook.find(spec.name)
        if tab is None:
            continue
        table = read_table(workbook, tab, spec)
        columns = spec.columns | spec.extra
        missing = [columns[one] for one in keys if one in columns and one not in table.columns]
        if missing:
            try:
                changed |= _sheet(workbook, tab, table, missing)
            except xml_bytes.BadMarkup:
                raise workbook.damaged(tab) from None
    if not changed:
        return data
    entries = {package.entry(part): content for part, content in changed.items()}
    return package.rewritten(entries, {}, ())


def _sheet(workbook: Workbook, tab: SheetPart, table: Table, new: list[Column]) -> dict[str, bytes]:
    """Part name → new content, for one sheet."""
    package, header = workbook.package, table.header_row
    excel = around(tables_of(package, tab.part), header, table.columns.values())
    used = [*table.columns.values(), *table.unknown_labels.values()]
    last = excel.last if excel else max(used)
    xml = workbook.sheet_xml(tab)
    if _occupied(xml, header, range(last + 1, last + len(new) + 1)):
        raise BookError(
            f"シート「{tab.name}」の表の右に別の列があるため、必要な列を足せません。",
            f"表の右隣の{len(new)}列({column_letters(last + 1)}列から)を空けるか、"
            "新しいブックを指定してください。",
        )
    patch = SheetPatch(xml, workbook.date1904)
    like = table.columns.get("remarks", last)
    for number, column in enumerate(new, last + 1):
        patch.put(header, number, column.label, patch.style(header, last))
    head = _columns(xml.data[slice(*xml.head)], xml.p, patch.style(0, like), new, last)
    head = sheet_tail.dimension(head, xml.p, header, last + len(new))
    parts = {tab.part: patch.rows.result(head)}
    if excel:
        parts[excel.part] = _table(excel, [column.label for column in new])
    return parts


def _occupied(xml: SheetXml, header: int, columns: Iterable[int]) -> bool:
    """Whether somebody has written into these columns, from the row of headings on."""
    letters = b"|".join(column_letters(column).encode() for column in columns)
    filled = re.compile(rb'<%sc r="(?:%s)(\d++)"[^>]*+(?<!/)>' % (xml.p, letters))
    return any(int(cell[1]) >= header for cell in filled.finditer(xml.data, *xml.body))


def _columns(head: bytes, p: bytes, style: int, new: list[Column], last: int) -> bytes:
    """The sheet's head with a width and a look for the new columns."""
    items = b"".join(
        b'<%scol min="%d" max="%d" width="%s" style="%d"%s customWidth="1"/>'
        % (
            p,
            number,
            number,
            str(column.width).encode(),
            style,
            b' hidden="1"' if column.hidden else b"",
        )
        for number, column in enumerate(new, last + 1)
    )
    close = b"</%scols>" % p
    if close not in head:
        return head + b"<%scols>%s%s" % (p, items, close)

    beyond: list[bytes] = []

    # A range of columns that reaches to the right end of the sheet gives way.
    def shorter(tag: bytes) -> bytes:
        found = xml_bytes.attributes(tag)
        first, end = (xml_bytes.whole(found.get(name, b"")) for name in (b"min", b"max"))
        if end <= last:
            return tag
        right = max(first, last + len(new) + 1)
        if right <= end < LAST_COLUMN:
            beyond.append(xml_bytes.set_attribute(tag, b"min", b"%d" % right))
        return xml_bytes.set_attribute(tag, b"max", b"%d" % last) if first <= last else b""

    head = xml_bytes.retagged(head, shorter, p + b"col")
    return head.replace(close, b"".join((items, *beyond)) + close, 1)


def _table(excel: TablePart, labels: list[str]) -> bytes:
    """The table's part with more columns at its right."""
    p, data = excel.p, excel.data
    known = [data[e.start : e.inner] for e in xml_bytes.named(data, p + b"tableColumn")]
    ids = [xml_bytes.whole(xml_bytes.attributes(tag).get(b"id", b"0")) for tag in known]
    items = b"".join(
        b'<%stableColumn id="%d" name="%s"/>' % (p, number, xml_bytes.quote(label))
        for number, label in enumerate(labels, max(ids, default=0) + 1)
    )
    right = column_letters(excel.last + len(labels))

    def reach(tag: bytes) -> bytes:
        ref = xml_bytes.attributes(tag).get(b"ref", b"")
        return xml_bytes.set_attribute(
            tag, b"ref", re.sub(rb":\$?[A-Z]+", b":" + right.encode(), ref)
        )

    data = xml_bytes.retagged(data, reach, p + b"table", p + b"autoFilter")
    count = b"%d" % (len(known) + len(labels))
    data = xml_bytes.retagged(
        data, lambda tag: xml_bytes.set_attribute(tag, b"count", count), p + b"tableColumns"
    )
    close = b"</%stableColumns>" % p
    return data.replace(close, items + close, 1)
