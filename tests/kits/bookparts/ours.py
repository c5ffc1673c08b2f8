"""Our sheets in a file: their XML, one cell, the table, the links, the rows; all writes at once."""

import datetime as dt
import html
import re

from findings import finding
from shikaku.jobs.output_rows import append_history, write_decisions, write_findings, write_ledger
from shikaku.model.schema import schema
from shikaku.ooxml.table_part import TablePart
from shikaku.workbook.closed_file import ClosedBook

from bookparts import zips
from bookparts.content import decision, plan, planned_row

NAMES = {key: spec.name for key, spec in schema().sheets.items()}


def xml(path, key) -> bytes:
    """The XML of one of our sheets."""
    return zips.parts(path)[zips.sheet_part(path, NAMES[key])]


def cell(path, key, place) -> bytes:
    """One ``<c>`` element."""
    found = re.search(
        rb'<c r="%s"[^>]*?(?:/>|>.*?</c>)' % place.encode(), xml(path, key), re.DOTALL
    )
    return found[0] if found else b""


def table(path, key) -> TablePart:
    """The Excel table of one of our sheets."""
    name = schema().sheets[key].table.encode()
    for part, data in zips.parts(path).items():
        if part.startswith("xl/tables/") and b'name="%s"' % name in data:
            return TablePart(part, data)
    raise AssertionError(f"no table on {key}")


def links(path, key) -> dict[str, str]:
    """Cell → where its link leads."""
    found = re.findall(rb'<hyperlink ref="([A-Z0-9:]+)" location="([^"]*)"', xml(path, key))
    return {ref.decode(): html.unescape(place.decode()) for ref, place in found}


def read(path, key):
    """The rows of one of our sheets."""
    return ClosedBook(path).read().tables[key].rows


def everything(session) -> None:
    """All writes of the session at once."""
    session.read()
    write_findings(session, [finding("acquisition", 2, "name"), finding("acquisition", 3, "sex")])
    write_decisions(session, [decision(2), decision(3)])
    write_ledger(session, plan([planned_row(1), planned_row(2)]))
    append_history(
        session, [{"issued": dt.date(2026, 4, 15), "letter": "notice", "symbol": "0012"}]
    )
    session.set_cells([("acquisition", 4, "remarks", "確認済")])
    session.commit()
