"""The cases of ``tests/cases/`` once more, as files: on a closed one and on one open in the played
Excel. Both give what the case says, the same answer in every detail, and the same workbook.

What they decide is tested in memory. Here cells are read and written in two ways: a case is gone
through when it brings a cell, a heading, a setting or an answer of a kind that none before brought.
"""

import datetime as dt
import shutil
from collections.abc import Hashable, Iterator, Mapping
from functools import cache
from pathlib import Path

import books
import check_cases
import openpyxl
import pytest
from bookparts import make
from case_files import cases, load
from shikaku.excel.session import OpenBook
from shikaku.jobs import check, decide, tidy
from shikaku.jobs import letters as letter_jobs
from shikaku.jobs import returns as return_jobs
from shikaku.law.closed_days import built_in
from shikaku.letters.bulk import produce as bulk_produce
from shikaku.letters.bulk.letter_result import result_for
from shikaku.model.schema import schema
from shikaku.model.tables import DATE, TEXT, Book, Cell, Row, Table
from shikaku.system.errors import ShikakuError
from shikaku.workbook.closed_file import ClosedBook
from telling import shape, telling
from xlengine.compare import differences
from xlengine.engine import Played

DAY = dt.date(2026, 4, 15)


@cache
def days(year: int) -> dict[dt.date, str]:
    """The closed days that a case of that year asks for: fewer rows, a faster test."""
    return built_in(year - 2, year + 1)


@pytest.fixture(autouse=True)
def own_log(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))


@pytest.fixture
def made(monkeypatch):
    """The letters that were asked for; they count as made without being made."""
    asked = []

    def produce(letters, out, *, on_done=None, **_):
        asked.append([(one.kind, one.stem, one.people, one.context) for one in letters])
        results = [result_for(one, str(n)) for n, one in enumerate(letters)]
        for result in results:
            result.files = {"docx": f"{result.kind}/{result.key}.docx"}
        return bulk_produce.RunReport(out, results)

    monkeypatch.setattr(bulk_produce, "produce", produce)
    return asked


@pytest.fixture
def both(tmp_path):
    """Run jobs on a closed workbook and on the same one in Excel: their two answers."""

    def run_both(book: Book, *jobs, year: int = DAY.year, tables: bool = False, closed=None):
        rest = book.tables.get("closed_days")
        if rest is not None and not rest.rows:
            listed = days(year) if closed is None else {day: "休業日" for day in closed}
            rest.rows = [
                Row("closed_days", n, {"date": Cell(day, DATE), "name": Cell(name, TEXT)})
                for n, (day, name) in enumerate(listed.items(), 2)
            ]
        book.setting_rows = book.setting_rows or {
            key: n for n, key in enumerate(schema().settings, 1)
        }
        (tmp_path / "closed").mkdir()
        (tmp_path / "open").mkdir()
        path = make.from_memory(book, tmp_path / "open" / "届出.xlsx", tables=tables)
        twin = Path(shutil.copy(path, tmp_path / "closed" / path.name))
        with Played() as excel:
            opened = excel.open(path)
            answers = [
                [_answer(job, session()) for job in jobs]
                for session in (lambda: ClosedBook(twin), lambda: OpenBook(opened, path))
            ]
            assert opened.impl.saves == [] and excel.app.status_bar is False
        assert answers[0] == answers[1]
        assert differences(twin, opened.impl.content) == []
        return answers[0], twin

    return run_both


def _answer(job, session):
    try:
        return job(session)
    except ShikakuError as error:
        return str(error)


# ------------------------------------------------------------------ 検証

# A merge of one cell is none in Excel, which can't even keep it.
# 様式の版, struck lines and copied sheets are no cells: the files of these cases don't have them.
ONLY_IN_A_FILE = {
    "最後の行の結合と、最後の列にかかる結合も知らせる",
    "古い様式のブックは、そう言う",
    "取り消し線の行は、決まるまで止める",
    "写しのシートは、元のシートの0行目で知らせる",
}


def kinds_of(case: check_cases.Case) -> Iterator[Hashable]:
    """What there is to read in a case's workbook and to write into it, without the values."""
    book = case.book()
    yield tuple(book.missing_sheets)
    yield from ((key, cell.kind, shape(cell.value)) for key, cell in book.settings.items())
    yield from ((code, sheet) for code, sheet, *_ in case.expected)
    yield case.expected.total()
    for key, table in book.tables.items():
        look = table.duplicate_columns, table.unknown_labels, table.merged
        yield key, table.header_row, tuple(table.columns), *map(bool, look)
        for row in table.rows:
            yield key, row.hidden
            for name, cell in row.cells.items():
                look = cell.kind, cell.formula, cell.number_format, shape(cell.value)
                yield key, name, *look


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "case"),
    [
        pytest.param(n, case, id=str(case))
        for n, case in enumerate(
            telling((c for c in check_cases.cases() if c.name not in ONLY_IN_A_FILE), kinds_of)
        )
    ],
)
def test_check(both, number, case):
    day = case.as_of or check_cases._base()["as_of"]

    def job(session):
        return check_cases.found(check.check(session, day, write=True).findings)

    (answer,), _ = both(case.book(), job, year=day.year, tables=number % 2 == 0, closed=case.closed)
    if isinstance(answer, str):  # 検証 tells what is missing, and writes nothing
        stops = [(code, sheet) for code, sheet, *_ in case.expected if code in ("ST01", "ST02")]
        assert stops and all(f"[{code}]" in answer and sheet in answer for code, sheet in stops)
    else:
        assert answer == case.expected


# ------------------------------------------------------------------ 判定・台帳更新・通知書の記録


def _set(book: Book, settings: Mapping[str, object]) -> None:
    for key, value in settings.items():
        if listed := schema().settings[key].list:
            value = schema().lists[listed][value]
        kind = DATE if isinstance(value, dt.date) else TEXT
        book.settings[key] = Cell(value if kind == DATE else str(value), kind)


def kinds_in(rows: Mapping[str, list[dict]], case: Mapping) -> Iterator[Hashable]:
    """The same of a case of letters or decisions."""
    yield case.get("kind"), case.get("per"), case.get("again")
    yield from ((key, shape(value)) for key, value in case.get("settings", {}).items())
    for sheet, items in rows.items():
        yield sheet, min(len(items), 2)
        yield from ((sheet, key, shape(value)) for row in items for key, value in row.items())
    for given in case.get("gives", ()):
        told = ("certificate", "ground", "reason", "notice", "delivery")
        yield given["at"][0], *(given.get(key) for key in told)


def rows_to_decide(case: Mapping) -> dict[str, list[dict]]:
    """The rows of a case, filled up."""
    base = load("decisions/everybody")["base"]
    return {key: [{**base[key], **row} for row in case[key]] for key in base if key in case}


@pytest.mark.slow
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(c, id=c["name"])
        for c in telling(
            cases("decisions/everybody"), lambda case: kinds_in(rows_to_decide(case), case)
        )
    ],
)
def test_decide_then_returns_then_letters(both, made, case, tmp_path):
    day = case["as_of"]
    options = {"formats": ("docx",)}

    def ledger(session):
        result = return_jobs.returns(session, day, write=True)
        return result.to_json(), result.lines()

    book = books.book(rows_to_decide(case))
    _set(book, case.get("settings", {}))
    answers, _ = both(
        book,
        lambda session: decide.decide(session, day, write=True).to_json()["people"],
        ledger,
        lambda session: letter_jobs.letters(session, tmp_path, as_of=day, **options).to_json(),
        ledger,
        lambda session: check.check(session, day, write=True).to_json(),
    )
    by_place = {(at["sheet"], at["row"]): one for one in answers[0] for at in (one, *one["also"])}
    for wanted in case["gives"]:
        sheet, row = wanted["at"]
        one = by_place[schema().sheets[sheet].name, row]
        for key in ("certificate", "ground", "reason", "notice", "delivery", "record"):
            if key in wanted:
                assert (one[key] or "") == wanted[key], key
    assert len(made) in (0, 2) and (not made or made[0] == made[1])


@pytest.mark.slow
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(c, id=c["name"])
        for c in telling(
            (c for c in cases("letters/contexts/due") if "findings" not in c),
            lambda case: kinds_in(case["rows"], case),
        )
    ],
)
def test_one_kind_of_letter(both, made, case, tmp_path):
    everything = load("letters/contexts/due")
    rows = {
        sheet: [
            {k: v for k, v in {**everything["base"][sheet], **row}.items() if k != "employer"}
            for row in items
        ]
        for sheet, items in case["rows"].items()
    }
    book = books.book(rows)
    _set(book, {**everything["settings"], **case.get("settings", {})})
    given = {"per": case.get("per"), "again": case.get("again", False), "formats": ("docx",)}
    both(
        book,
        lambda session: letter_jobs.letters(
            session, tmp_path, kinds=[case["kind"]], as_of=case["as_of"], **given
        ).to_json(),
        tables=True,
    )
    assert len(made) in (0, 2) and (not made or made[0] == made[1])


CARD = {
    "symbol": "10", "number": "7", "branch": "00", "name": "返納　太郎", "kind": "insured",
    "control_no": "K00001", "document": "certificate", "issued": dt.date(2025, 11, 1),
    "expiry": dt.date(2029, 11, 30),
}  # fmt: skip
LEFT = {"symbol": "10", "number": "7", "name": "返納　太郎", "lost": DAY.replace(day=1)}


@pytest.mark.slow
@pytest.mark.parametrize(
    "case", [pytest.param(c, id=c["name"]) for c in cases("returns/ledger", "step")]
)
def test_a_step_of_the_ledger(both, made, case, tmp_path):
    keys = ("reminders", "last_reminder", "remarks", "returned", "expiry")
    history = [
        {"issued": day, "letter": kind, "control_no": "K00001", "remarks": mark}
        for kind, day, mark in case.get("sent", [])
    ]
    book = books.book(
        {
            "ledger": [{**CARD, **{key: case[key] for key in keys if key in case}}],
            "loss": [{**LEFT, "cause": "leaving"}],
            "history": history,
        }
    )
    for key, value in (("insurer_name", "架空健康保険組合"), ("insurer_address", "東京都")):
        book.settings[key] = Cell(value, TEXT)
    both(
        book,
        lambda session: return_jobs.remind(
            session, tmp_path, as_of=case["as_of"], formats=("docx",)
        ).to_json(),
        tables=True,
    )
    kinds = [kind for kind, *_ in made[0]] if made else []
    assert kinds == ([case["letter"]] if case["letter"] else [])
    assert len(made) in (0, 2) and (not made or made[0] == made[1])


# ------------------------------------------------------------------ 表記統一


def test_tidy(both):
    """All cells of the cases at once, a row each."""
    book = Book("届出.xlsx", {key: Table(s) for key, s in schema().sheets.items() if s.columns})
    places = []
    for case in cases("tidy"):
        table = book.tables[case.get("sheet", "dependants")]
        value = case["value"]
        number = len(table.rows) + 2
        kind = TEXT if isinstance(value, str) else DATE if isinstance(value, dt.date) else "number"
        # A row of nothing but spaces would be no row.
        beside = "symbol" if case["key"] == "number" else "number"
        cells = {case["key"]: Cell(value, kind), beside: Cell("12", TEXT)}
        table.rows.append(Row(table.spec.key, number, cells))
        places.append((table.spec.key, number, case))

    def job(session):
        return [
            (p.sheet, p.row, p.key, p.kind, p.after)
            for p in tidy.tidy(session, DAY, write=True).proposals
        ]

    (answer, again), closed = both(book, job, job)
    assert {place[:3] for place in answer if "filing" not in place[3]} == {
        (sheet, row, case["key"]) for sheet, row, case in places if "after" in case
    }
    assert not [place for place in again if "filing" not in place[3]]
    read = ClosedBook(closed).read()
    for sheet, number, case in places:
        row = next((r for r in read.rows(sheet) if r.number == number), None)
        value = row.cells[case["key"]].value if row and case["key"] in row.cells else ""
        assert value == case.get("after", case["value"]), case["name"]


# ------------------------------------------------------------------ hostile text


def test_no_text_of_a_cell_turns_into_anything_else(both, made, tmp_path):
    texts = [
        one.get("value") or one["repeat"] * one["times"] for one in cases("protection/injection", "text")
    ] + [
        "+819012345678", "012345678901", "1-2", "@x", "1E5", "R8.4.1", "TRUE", "#N/A", "12:30",
        "'quoted", "''", " 前後の空白 ", "\t", "＝1+1", "％", "0", "-0", "1,000", "¥100", "(5)",
    ]  # fmt: skip
    names = ("name", "kana", "address", "department", "remarks", "no_number_reason", "symbol")
    book = books.book({})
    for key in ("members", "acquisition"):
        spec = schema().sheets[key]
        for number, text in enumerate(texts, 2):
            cells = {name: Cell(text, TEXT) for name in names if name in spec.columns}
            cells |= {"number": Cell(f"{number:04}", TEXT), "birth": Cell("H2.1.2", TEXT)}
            cells |= {"acquired": Cell("R8.4.1", TEXT), "myna_status": Cell("カードなし", TEXT)}
            book.tables[key].rows.append(Row(key, number, cells))
    for key, value in (
        ("insurer_name", "=1+1"),
        ("insurer_address", "-1"),
        ("employer_name", "1-2"),
    ):
        book.settings[key] = Cell(value, TEXT)
    answers, closed = both(
        book,
        lambda session: check.check(session, DAY, write=True).to_json(),
        lambda session: decide.decide(session, DAY, write=True).to_json(),
        lambda session: letter_jobs.letters(
            session, tmp_path, as_of=DAY, formats=("docx",)
        ).to_json(),
        lambda session: return_jobs.returns(session, DAY, write=True).to_json(),
        lambda session: tidy.tidy(session, DAY, write=True).to_json(),
        tables=True,
    )
    assert all(isinstance(answer, dict) for answer in answers), answers
    written = openpyxl.load_workbook(closed)
    kinds = {cell.data_type for sheet in written for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds and "e" not in kinds
    seen = {cell.value for row in written["資格確認書判定"].iter_rows() for cell in row}
    assert {"+819012345678", "012345678901", "1-2", "@x", "1E5", "TRUE", "#N/A"} <= seen
