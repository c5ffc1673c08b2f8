"""Protected sheets of a workbook open in Excel: lifted for our writes and put back, or left alone."""

import io
import re
from pathlib import Path

import openpyxl
import pytest
from bookparts import zips
from bookparts.make import small
from findings import finding
from office import validate
from sample_rows import ledger_row
from shikaku.excel.session import OpenBook
from shikaku.jobs import check, decide, returns
from shikaku.jobs.output_rows import append_history, write_findings, write_ledger
from shikaku.model.schema import FILINGS, schema
from shikaku.system.errors import BookError
from shikaku.template import builder, sample
from shikaku.workbook.closed_file import ClosedBook
from xlengine.areas import Interrupted
from xlengine.compare import differences
from xlengine.engine import Played
from xlengine.sheets import ALLOWED

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")

DAY = "2026-05-20"
FLAGS = ("sheet", "objects", "scenarios", "selectLockedCells", "selectUnlockedCells")


@pytest.fixture
def excel():
    with Played() as played:
        yield played


@pytest.fixture
def path(tmp_path):
    return small(tmp_path)


def protections(path: Path | openpyxl.Workbook) -> dict[str, dict]:
    """Sheet → every flag of its protection, for the protected ones."""
    book = _without_cells(path) if isinstance(path, Path) else path
    return {
        ws.title: {flag: getattr(ws.protection, flag) for flag in (*FLAGS, *ALLOWED.values())}
        for ws in book
        if ws.protection.sheet
    }


def _without_cells(path: Path) -> openpyxl.Workbook:
    """They would be nine tenths of the work."""
    parts = {
        name: re.sub(rb"<sheetData>.*</sheetData>", b"<sheetData/>", data, flags=re.S)
        for name, data in zips.parts(path).items()
    }
    return openpyxl.load_workbook(io.BytesIO(zips.packed(parts)))


def protect(path, *sheets: str, password: str = "", **flags) -> None:
    """Protect sheets of a file."""
    book = openpyxl.load_workbook(path)
    for name in sheets:
        protection = book[name].protection
        protection.sheet = True
        if password:
            protection.password = password
        for flag, value in flags.items():
            setattr(protection, flag, value)
    book.save(path)


def saved(opened, path):
    return opened.impl.write_to(path.with_name("open.xlsx"))


class Plan:
    """A plan for the ledger: one cell changes, one row is new."""

    changes = ((2, "reminders", 3),)
    rows = ({"row": None, **ledger_row(3)},)


def work(session, sheet="members"):
    """Write on every kind of sheet."""
    session.read()
    write_findings(session, [finding(sheet, 2, "name"), finding(sheet, 3, "name")])
    write_ledger(session, Plan)
    append_history(session, [{"title": "通知", "symbol": "0012"}])
    session.set_cells([("members", 4, "remarks", "x"), ("settings", 1, "", "13")])
    session.commit()


@pytest.mark.parametrize("flags", [{}, {"formatCells": False, "sort": False, "objects": True}])
def test_a_protection_without_a_password_is_lifted_and_put_back(excel, path, flags):
    """What is written is what a closed file gets; what the protection allowed, it allows again."""
    protect(path, "検証結果", "加入者台帳", "返納管理", "発行履歴", "設定", "休日", **flags)
    protect(path, "返納管理", selectLockedCells=True)
    before = protections(path)
    assert len(before) == 6
    closed = path.with_name("closed.xlsx")
    closed.write_bytes(path.read_bytes())
    work(ClosedBook(closed))
    opened = excel.open(path)
    work(OpenBook(opened))
    out = saved(opened, path)
    assert differences(closed, out) == []
    assert protections(closed) == before == protections(out)


@pytest.mark.parametrize("name", ["検証結果", "加入者台帳", "返納管理", "発行履歴", "設定"])
def test_a_password_is_somebodys_will(excel, path, name):
    """The sheet is named, the way out is told, and nothing changes, on the other sheets either."""
    protect(path, "検証結果", "加入者台帳", "返納管理")
    protect(path, name, password="hirake-goma")
    opened = excel.open(path)
    with pytest.raises(BookError) as stop:
        work(OpenBook(opened))
    assert name in stop.value.message and "保護" in stop.value.message
    assert "シート保護の解除" in stop.value.hint and "パスワード" in stop.value.hint
    out = saved(opened, path)
    assert differences(path, out) == []
    assert protections(out) == protections(path)


def test_marks_need_no_lifting_where_formats_may_be_changed(excel, path):
    protect(path, "設定", password="x", formatCells=False)
    opened = excel.open(path)
    session = OpenBook(opened)
    session.read()
    write_findings(session, [finding("settings", 2, "insurer_name")])
    session.commit()
    assert opened.impl.content["設定"].protection.sheet


def test_on_the_mac_the_user_lifts_it(excel, path, monkeypatch):
    from shikaku.excel import marks, writing
    from shikaku.excel import protection as protection_module
    from shikaku.excel.native_mac import Mac

    for module in (marks, protection_module, writing):
        monkeypatch.setattr(module, "native", Mac)
    protect(path, "検証結果")
    opened = excel.open(path)
    with pytest.raises(BookError) as stop:
        work(OpenBook(opened))
    assert "検証結果" in stop.value.message and "シート保護の解除" in stop.value.hint
    assert differences(path, opened.impl.kept()) == []


def test_a_refusal_at_any_moment_leaves_sheets_and_protection_as_they_were(excel, path):
    """Also while sheets are being protected again."""
    names = ("検証結果", "加入者台帳", "返納管理", "発行履歴", "設定")
    protect(path, *names, formatCells=True, sort=False)
    before = protections(path)
    app = excel.app
    original = type(app).wrote
    work(OpenBook(excel.open(path)))
    total = app.writes

    def once(self):
        try:
            original(self)
        finally:
            if self.writes > (self.fail_after or 0):
                self.fail_after = None  # Excel refuses once; the way back is open

    stopped = 0
    for moment in range(total):
        opened = excel.open(path)
        app.writes, app.fail_after = 0, moment
        type(app).wrote = once
        try:
            work(OpenBook(opened))
        except (Interrupted, BookError):
            stopped += 1
        finally:
            type(app).wrote = original
            app.fail_after = None
        kept = opened.impl.kept()
        assert differences(path, kept) == [], moment
        assert protections(kept) == before, moment
    assert stopped == total > 40


def test_the_protected_workbook_takes_every_button(excel, tmp_path):
    """``shikaku new --protect`` in Excel: check, decide and returns give what they give closed."""
    path = tmp_path / "届出.xlsx"
    path.write_bytes(builder.render(sample.load(), prepared=20, protect=True))
    before = protections(path)
    names = {schema().sheets[key].name for key in (*FILINGS, "ledger")}
    assert names <= set(before)
    closed = path.with_name("closed.xlsx")
    closed.write_bytes(path.read_bytes())
    opened = excel.open(path)
    for session in (ClosedBook(closed), OpenBook(opened)):
        check.check(session, DAY, write=True)
        decide.decide(session, DAY, write=True)
        returns.returns(session, DAY, write=True)
    out = saved(opened, path)
    assert protections(out) == before == protections(closed)
    rows = [
        [
            [(row.number, {k: c.text for k, c in row.cells.items()}) for row in table.rows]
            for key, table in ClosedBook(book).read().tables.items()
            if key in ("findings", "decisions")
        ]
        for book in (closed, out)
    ]
    assert rows[0] == rows[1] and all(rows[0])
    assert validate(closed) == ""
