"""A card printed with something that was corrected since: found, held back, and made anew once."""

import datetime as dt

import openpyxl
import pytest
from desk_books import clean, content, put, read, rendered
from shikaku.jobs import check, letters, returns, run
from shikaku.workbook.closed_file import ClosedBook

DAY = dt.date(2026, 4, 15)
ISSUER = {
    "insurer_address": "100-0001 東京都架空区1",
    "insurer_phone": "00-0000-0000",
    "certificate_expiry": dt.date(2030, 11, 30),
}


@pytest.fixture(autouse=True)
def log(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))


def member(**more):
    person = clean(1, acquired=dt.date(2020, 4, 1), symbol="1201", number="1", branch="00")[0]
    return person | {
        "kind": "被保険者",
        "lost": "",
        "myna_status": "カードなし",
        "want": "希望する",
        "want_reason": "作っていない",
        "old_card": "なし",
        **more,
    }


def book(tmp_path, *people):
    made = content("株式会社みほん", "1201", members=list(people))
    made.settings.update(ISSUER)
    return put(tmp_path / "b.xlsx", rendered(made, prepared=3))


def set_cell(path, sheet, row, key, value):
    session = ClosedBook(path)
    session.read()
    session.set_cells([(sheet, row, key, value)])
    session.commit()


def make(path, **more):
    out = path.with_name("o")
    return letters.letters(
        ClosedBook(path), out, kinds=["certificate"], as_of=DAY, formats=("docx",), **more
    )


def numbers(path):
    return [row.text("control_no") for row in read(path).rows("ledger")]


def codes(path):
    found = check.check(ClosedBook(path), as_of=DAY).findings
    return {(f.code, f.sheet, f.row, f.column) for f in found if f.code[:4] in ("KK18", "KK19")}


def test_a_corrected_birth_is_found_and_never_printed_under_the_same_number(tmp_path):
    path = book(tmp_path, member())
    assert make(path).made == {"certificate": 1}
    row = next(read(path).rows("history"))
    assert row.date("birth") == next(read(path).rows("members")).date("birth")
    assert row.choice("sex") and not codes(path)
    set_cell(path, "members", 2, "birth", dt.date(1985, 5, 5))
    assert codes(path) == {("KK18", "members", 2, "birth")}
    again = make(path, again=True)
    assert not again.made and again.held[0][0] == "certificate"
    assert again.held[0][2] == "処理" and numbers(path) == ["K00001"]


def test_a_reissue_has_a_number_of_its_own_and_calls_the_old_card_back(tmp_path):
    path = book(tmp_path, member())
    make(path)
    set_cell(path, "members", 2, "birth", dt.date(1985, 5, 5))
    set_cell(path, "ledger", 2, "handling", "reissue_corrected")
    assert make(path).made == {"certificate": 1} and not codes(path)
    assert numbers(path) == ["K00001", "K00002"]
    old, new = read(path).rows("ledger")
    assert old.choice("required") == "yes" and old.date("due") and "K00001" in new.text("remarks")
    assert [r.date("birth") for r in read(path).rows("history")][-1] == dt.date(1985, 5, 5)
    assert not make(path).made
    asked = returns.remind(ClosedBook(path), tmp_path / "r", as_of=DAY, formats=("docx",))
    assert asked.made == {"return-request": 1}
    again = make(path, again=True)
    assert again.made == {"certificate": 1} and numbers(path) == ["K00001", "K00002"]
    last = list(read(path).rows("history"))[-1]
    assert (last.word("letter"), last.text("control_no")) == ("certificate", "K00002")


def test_a_new_name_makes_no_second_card_by_itself(tmp_path):
    path = book(tmp_path, member(name="田中　花子"))
    make(path)
    set_cell(path, "members", 2, "name", "佐藤　華子")
    assert codes(path) == {("KK18", "members", 2, "name")}
    assert not make(path).made and not make(path, again=True).made
    assert numbers(path) == ["K00001"]


def test_what_never_went_out_is_issued_anew(tmp_path):
    path = book(tmp_path, member())
    make(path)
    set_cell(path, "ledger", 2, "handling", "void")
    assert make(path).made == {"certificate": 1} and numbers(path) == ["K00001", "K00002"]
    void, new = read(path).rows("ledger")
    assert (void.choice("required"), new.choice("required")) == ("no", "undecided")
    assert not returns.remind(ClosedBook(path), tmp_path / "r", as_of=DAY, formats=("docx",)).made


def test_the_family_goes_along_where_the_settings_say_so(tmp_path):
    child = member(branch="01", kind="被扶養者", relationship="子", name="見本　小花")
    made = content("株式会社みほん", "1201", members=[member(name="田中　花子"), child])
    made.settings.update(ISSUER, family_reissue="する")
    path = put(tmp_path / "b.xlsx", rendered(made, prepared=3))
    assert make(path).made == {"certificate": 2}
    set_cell(path, "members", 2, "name", "佐藤　花子")
    set_cell(path, "ledger", 2, "handling", "reissue_renamed")
    assert make(path).made == {"certificate": 2}
    rows = list(read(path).rows("ledger"))
    assert [row.choice("handling") for row in rows] == ["reissue_renamed"] * 2 + [None] * 2
    assert [row.choice("required") for row in rows] == ["yes"] * 2 + ["undecided"] * 2


def test_an_older_form_gets_the_column(tmp_path):
    path = book(tmp_path, member())
    target = openpyxl.load_workbook(path)
    for name in ("返納管理", "発行履歴"):
        sheet = target[name]
        for cell in list(sheet[1]):
            if cell.value in ("処理", "生年月日", "性別"):
                sheet.delete_cols(cell.column)
        for table in list(sheet.tables):
            del sheet.tables[table]
    target.save(path)
    assert make(path).made == {"certificate": 1}
    tables = read(path).tables
    assert "handling" in tables["ledger"].columns
    assert {"birth", "sex"} <= set(tables["history"].columns)


def test_a_row_deleted_by_hand_is_reported_and_comes_back(tmp_path):
    path = book(tmp_path, member(), member(number="2", name="見本　二郎"))
    make(path)
    for key in ("control_no", "document", "symbol", "number", "branch", "name", "kind"):
        set_cell(path, "ledger", 3, key, None)
    for key in ("department", "issued", "expiry", "required", "next_action", "due", "reminders"):
        set_cell(path, "ledger", 3, key, None)
    assert codes(path) == {("KK19", "history", 3, "control_no")}
    result = run.run(ClosedBook(path), tmp_path / "o2", as_of=DAY, formats=("docx",))
    assert result.letters.made["certificate"] == 0
    assert sorted(filter(None, numbers(path))) == ["K00001", "K00002"] and not codes(path)
