"""How often a button calls into Excel: each call takes about a millisecond, whatever it does."""

import pytest
from bookparts.make import by_openpyxl
from findings import finding
from openpyxl.styles import Font
from openpyxl.workbook.defined_name import DefinedName
from sample_rows import person
from shikaku.excel.session import OpenBook
from shikaku.jobs.output_rows import write_decisions, write_findings
from xlengine.engine import Played

COLUMNS = ("name", "birth", "individual_number")


def findings(rows: int) -> list:
    """Three on every row, of changing severity: hardly two marks alike below one another."""
    severities = ("error", "warning", "info")
    return [
        finding("members", row, column, severities[(row + n) % 3])
        for row in range(2, rows + 2)
        for n, column in enumerate(COLUMNS)
    ]


@pytest.mark.parametrize("rows", [100, 1_000])
def test_a_check_takes_60_calls_and_2_for_each_1000_rows(tmp_path, rows):
    path = by_openpyxl(
        tmp_path / "b.xlsx", {"members": [person(n % 9_999 + 1) for n in range(rows)]}
    )
    with Played() as excel:
        opened = excel.open(path)
        opened.impl.content["加入者台帳"].cell(50, 5).font = Font(strike=True)
        for n in range(2_000):  # names that copied sheets have brought
            name = DefinedName(f"古い名前{n}", attr_text="#REF!")
            opened.impl.content.defined_names[name.name] = name
        for _ in range(2):  # the second one takes 3 marks a row away before it sets them
            excel.app.trips = 0
            session = OpenBook(opened)
            session.read()
            write_findings(session, findings(rows))
            session.commit()
            assert excel.app.trips <= 60 + 2 * rows / 1_000
        sheet = opened.impl.content["加入者台帳"]
        assert sheet.cell(2, 5).fill.fill_type == sheet.cell(rows + 1, 7).fill.fill_type == "solid"


@pytest.mark.parametrize("rows", [20, 200])
def test_a_check_is_taken_back_in_as_few(tmp_path, monkeypatch, rows):
    monkeypatch.setenv("SHIKAKU_STATE_DIR", str(tmp_path / "state"))
    path = by_openpyxl(tmp_path / "b.xlsx", {"members": [person(n + 1) for n in range(rows)]})
    with Played() as excel:
        session = OpenBook(excel.open(path), path, "検証")
        session.read()
        write_findings(session, findings(rows))
        session.commit()
        excel.app.trips = 0
        taken = session.take_back(session.last_write())
        assert taken.cells > rows and excel.app.trips <= 60


def test_without_the_add_in_the_marks_are_the_same(tmp_path):
    path = by_openpyxl(tmp_path / "b.xlsx", {"members": [person(n) for n in range(1, 20)]})
    seen = []
    for loaded in (True, False):
        with Played() as excel:
            excel.app.api.Run.loaded = loaded
            opened = excel.open(path)
            for count in (19, 7):
                session = OpenBook(opened)
                session.read()
                write_findings(session, findings(count))
                session.commit()
            cells = opened.impl.content["加入者台帳"]._cells.items()
            seen.append({place: cell.fill.start_color.rgb for place, cell in cells})
    assert seen[0] == seen[1]


def test_decisions_take_as_many_however_many_there_are(tmp_path):
    from bookparts.content import decision

    path = by_openpyxl(tmp_path / "b.xlsx", {"members": [person(1)]})
    trips = []
    for count in (3, 300):
        with Played() as excel:
            session = OpenBook(excel.open(path))
            session.read()
            write_decisions(session, [decision(2)] * count)
            session.commit()
            trips.append(excel.app.trips)
    assert trips[0] == trips[1] <= 60
