"""``purge``: which numbers go, that they are gone from the file, and what record stays."""

import datetime as dt
import json
import zipfile

import pytest
from case_files import by_name, cases
from desk_books import DAY, PEOPLE, book, clean, content, number, numbers_in, put, read, rendered
from shikaku import cli
from shikaku.desk import retention
from shikaku.jobs import purge
from shikaku.law import retention as law_retention
from shikaku.model.schema import schema
from shikaku.system import clock, usage_log
from shikaku.template import sample
from shikaku.template.builder import Content
from shikaku.workbook.closed_file import ClosedBook


@pytest.fixture(autouse=True)
def log(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))


@pytest.mark.parametrize("case", cases("desk/retention", "last_day"), ids=by_name)
def test_last_day(case):
    assert law_retention.last_day(case["completed"], case["years"]) == case["until"]


@pytest.mark.parametrize("case", cases("desk/retention", "row"), ids=by_name)
def test_row(case, tmp_path):
    row = {k: v for k, v in case.items() if k in schema().sheets[case["sheet"]].columns}
    row = {"individual_number": number(1)} | row | {"name": "見本 太郎"}  # name: the case's own
    path = put(tmp_path / "b.xlsx", rendered(Content({case["sheet"]: [row]}, {}), 1))
    result = purge.purge(ClosedBook(path), DAY, write=True)
    assert len(result.cells) == case["erased"] and result.written == case["erased"]
    assert result.undated == case.get("undated", False)
    (left,) = read(path).rows(case["sheet"])
    assert ("individual_number" in left.cells) != case["erased"]
    assert left.text("name") == "見本 太郎"


def test_members_whose_loss_is_on_a_filing_only(tmp_path):
    """加入者台帳 still has them: told, not erased. Not those who are back, or whose two years run."""
    old, late = dt.date(2024, 4, 14), dt.date(2024, 4, 15)
    people = [row | {"acquired": dt.date(2015, 4, 1), "lost": ""} for row in clean(5)]
    gone, back, recent, child, nobody = people
    back["acquired"] = dt.date(2025, 4, 1)
    child |= {"kind": "被扶養者", "number": gone["number"], "branch": "01"}
    nobody["individual_number"] = ""
    losses = [row | {"lost": old, "filed": old} for row in (gone, back, nobody)]
    losses.append(recent | {"lost": late, "filed": late})
    path = put(tmp_path / "b.xlsx", book(members=people, loss=losses))
    result = purge.purge(ClosedBook(path), DAY, write=True)
    assert result.listed == [2, 5] and result.to_json()["not_struck_off"] == [2, 5]
    assert sum("資格喪失年月日" in line for line in result.lines()) == 2
    held = [row.number for row in read(path).rows("members") if row.text("individual_number")]
    assert held == [2, 3, 4, 5]


@pytest.mark.parametrize("days", [0, 1])
def test_nobody_is_to_be_struck_off_who_is_insured_again(tmp_path, days):
    """Rehired on the very day (同日得喪) under the same 番号, and the family with him."""
    old = dt.date(2023, 4, 1)
    insured, child = [row | {"acquired": dt.date(2015, 4, 1), "lost": ""} for row in clean(2)]
    child |= {"kind": "被扶養者", "number": insured["number"], "branch": "01"}
    again = insured | {"acquired": old + dt.timedelta(days)}
    losses = [insured | {"lost": old, "filed": old}]
    path = put(tmp_path / "b.xlsx", book(members=[again, child], loss=losses))
    assert purge.purge(ClosedBook(path), DAY).listed == []


def old_book():
    """Three years of filings, some of the numbers also in the register of those still there."""
    people = clean(4)
    for index, row in enumerate(people):
        row["filed"] = dt.date(2023 + index, 4, 3)
    stays = clean(1)[0] | {"lost": ""}  # the same number as the first filing's
    gone = clean(1, seed=2)[0] | {"acquired": dt.date(2019, 4, 1), "lost": dt.date(2022, 4, 1)}
    return book(acquisition=people, members=[stays, gone], loss=[people[3] | {"filed": ""}])


def parts_with(path, text):
    with zipfile.ZipFile(path) as archive:
        return [n for n in archive.namelist() if text.encode() in archive.read(n)]


def test_gone_from_the_file(tmp_path):
    path = put(tmp_path / "b.xlsx", old_book())
    put(tmp_path / "b.xlsx.bak", old_book())
    listed = purge.purge(ClosedBook(path), DAY)
    assert listed.counts == {"members": 1, "acquisition": 2} and not listed.written
    assert path.read_bytes() == old_book()
    result = purge.purge(ClosedBook(path), DAY, write=True)
    assert result.written and result.counts == listed.counts
    assert not (tmp_path / "b.xlsx.bak").exists() and not list(tmp_path.glob(".shikaku*"))
    assert parts_with(path, number(101)) == []  # the second filing's
    assert parts_with(path, number(200)) == []  # the one who left
    assert parts_with(path, number(100))  # still insured: the register keeps it
    assert parts_with(path, number(102)) and parts_with(path, number(103))
    found = read(path)
    assert [r.text("individual_number") != "" for r in found.rows("acquisition")] == [0, 0, 1, 1]
    assert [r.text("individual_number") != "" for r in found.rows("members")] == [1, 0]
    assert purge.purge(ClosedBook(path), DAY, write=True).cells == []


def test_a_day_to_come_is_pointed_out(tmp_path):
    """What is erased is gone for good: a slip in the day must be seen in the list before."""
    path = put(tmp_path / "b.xlsx", old_book())
    for days, notes in ((0, 0), (1, 1)):
        day = clock.today() + dt.timedelta(days)
        assert len(purge.purge(ClosedBook(path), day).notes) == notes


def test_nothing_else_changes(tmp_path):
    path = put(tmp_path / "b.xlsx", old_book())
    before = read(path)
    purge.purge(ClosedBook(path), DAY, write=True)
    after = read(path)
    for sheet in PEOPLE:
        for one, other in zip(before.rows(sheet), after.rows(sheet), strict=True):
            same = {
                k: c for k, c in one.cells.items() if not c.formula and k != "individual_number"
            }
            assert {k: other.cell(k) for k in same} == same


def test_the_record_says_when_and_how_many(tmp_path):
    path = put(tmp_path / "b.xlsx", old_book())
    purge.purge(ClosedBook(path), DAY, write=True)
    (row,) = read(path).rows("history")
    assert (row.date("issued"), row.text("letter")) == (DAY, retention.HISTORY_KIND)
    assert "3" in row.text("remarks") and not row.text("name") and not row.text("number")
    entry = list(usage_log.entries())[-1]
    assert entry["what"] == "purge" and entry["counts"]["erased"] == 3
    assert entry["workbook"] == usage_log.fingerprint(path)


def test_copies_and_other_places_are_reported(tmp_path):
    rows = clean(1)
    rows[0] |= {"filed": dt.date(2023, 4, 3), "remarks": f"番号 {number(100)} 確認"}
    path = put(tmp_path / "b.xlsx", book(acquisition=rows))
    put(tmp_path / "b 送付前.xlsx.bak", b"x")
    result = purge.purge(ClosedBook(path), DAY, write=True)
    assert result.other == [("acquisition", 2, "remarks")]
    assert any("b 送付前.xlsx.bak" in note for note in result.notes)
    assert any("xl/sharedStrings.xml" in note for note in result.notes)
    assert not numbers_in("\n".join(result.lines()) + json.dumps(result.to_json()))
    assert read(path).tables["acquisition"].rows[0].text("remarks") == rows[0]["remarks"]
    again = purge.purge(ClosedBook(path), DAY)  # until somebody has taken it away
    assert not again.cells and again.other == result.other


def test_a_wrong_entry_of_a_few_digits_is_looked_for_nowhere(tmp_path):
    """It would be found in half the file (in each namespace); its cell is emptied all the same."""
    (row,) = clean(1, filed=dt.date(2023, 4, 3), individual_number="2006")
    path = put(tmp_path / "b.xlsx", book(acquisition=[row]))
    result = purge.purge(ClosedBook(path), DAY, write=True)
    assert len(result.cells) == 1 and not any("xl/" in note for note in result.notes)


def test_a_hidden_copy_of_the_file_is_found(tmp_path):
    """A number in a part that we don't write (a pivot table's cache, say) is told, not overlooked."""
    path = put(tmp_path / "b.xlsx", old_book())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/pivotCache/records.xml", f'<s v="{number(101)}"/>')
    result = purge.purge(ClosedBook(path), DAY, write=True)
    assert any("xl/pivotCache/records.xml" in note for note in result.notes)


def test_years_of_the_settings(tmp_path):
    rows = [clean(1)[0] | {"filed": dt.date(2023, 4, 3)}]
    for years, cells in ((1, 1), (2, 1), (3, 1), (4, 0)):
        made = content("みほん", "1", acquisition=rows)
        made = Content(made.rows, {**made.settings, "number_retention_years": years})
        path = put(tmp_path / "b.xlsx", rendered(made, 1))
        result = purge.purge(ClosedBook(path), DAY)
        assert len(result.cells) == cells and result.years == max(years, 2)
        assert bool(result.notes) == (years < 2)


def test_the_sample_keeps_its_structure(tmp_path):
    """Erasing in the workbook that shows every rule: no finding about a missing number comes new."""
    from shikaku.jobs import check

    path = put(tmp_path / "b.xlsx", rendered(sample.load()))
    day = dt.date(2029, 4, 15)
    before = {(f.code, f.sheet, f.row) for f in check.check(ClosedBook(path), day).findings}
    assert purge.purge(ClosedBook(path), day, write=True).cells
    after = {(f.code, f.sheet, f.row) for f in check.check(ClosedBook(path), day).findings}
    # A filing that said 「後日提出」 although it had the number says so still: nobody's entry is changed.
    assert {code for code, _, _ in after - before if code.startswith("MN")} <= {"MN02"}


def test_no_decision_changes(tmp_path):
    """A wrong number was none before, another's (MN08) neither; a good one was and stays registered."""
    from shikaku.jobs import decide

    path = put(tmp_path / "b.xlsx", rendered(sample.load()))
    day = dt.date(2029, 4, 15)
    before = decide.decide(ClosedBook(path), day).to_json()
    assert {p["reason"] for p in before["people"]} > {"K6"}
    purged = purge.purge(ClosedBook(path), day, write=True)
    assert decide.decide(ClosedBook(path), day).to_json() == before
    rows = {(r.sheet, r.number): r for r in read(path).rows(*PEOPLE)}
    dated = [bool(rows[c.sheet, c.row].text("number_erased")) for c in purged.cells]
    assert any(dated) and not all(dated)


def test_the_command(tmp_path, capsys):
    path = put(tmp_path / "b.xlsx", old_book())
    assert cli.main(["purge", str(path), "--json", "--as-of", "2026-04-15"]) == 0
    said = capsys.readouterr().out
    assert json.loads(said)["count"] == 3 and not numbers_in(said)
    assert cli.main(["purge", str(path), "--write", "--as-of", "2026-04-15"]) == 0
    said = capsys.readouterr().out
    assert "OneDrive" in said and not numbers_in(said)
    assert cli.main(["log"]) == 0
    assert not numbers_in(capsys.readouterr().out)
