"""``enroll``: what each filing puts into 加入者台帳, what is left for a person, and what stays."""

import datetime as dt
import json

import pytest
from desk_books import DAY, book, clean, number, put, read
from shikaku import cli
from shikaku.desk import status_list
from shikaku.jobs import check, collect, enroll, purge, status_import
from shikaku.workbook.closed_file import ClosedBook

JOINED, FILED = dt.date(2026, 4, 1), dt.date(2026, 4, 3)


@pytest.fixture(autouse=True)
def log(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))


def members(path):
    return {row.text("name"): row for row in read(path).rows("members")}


def family():
    """An insured of the register with a child, and what they file."""
    insured, child = clean(2, acquired=dt.date(2020, 4, 1))
    insured |= {"symbol": "1201", "number": "1", "branch": "00", "kind": "被保険者", "lost": ""}
    child |= {"symbol": "1201", "number": "1", "branch": "01", "kind": "被扶養者", "lost": ""}
    child |= {"relationship": "子", "insured_name": insured["name"]}
    return insured, child


def test_newcomers_are_registered_once(tmp_path):
    rows = clean(3, seed=4, symbol="1201")
    for index, row in enumerate(rows):
        row |= {"number": f"00{index + 7}", "acquired": JOINED, "filed": FILED, "kind": ""}
    path = put(tmp_path / "b.xlsx", book(acquisition=rows))
    result = enroll.enroll(ClosedBook(path), DAY, write=True)
    assert result.exit_status == 0 and len(result.plan.added) == 3
    found = members(path)
    for index, row in enumerate(rows):
        one = found[row["name"]]
        assert (one.text("number"), one.text("branch")) == (f"00{index + 7}", "00")
        assert one.choice("kind") == "insured" and one.date("acquired") == JOINED
        assert one.text("individual_number") == row["individual_number"]
    filings = list(read(path).rows("acquisition"))
    assert all(row.date("enrolled") == DAY and row.text("individual_number") for row in filings)
    before = path.read_bytes()
    again = enroll.enroll(ClosedBook(path), DAY, write=True)
    assert not again.plan.done and path.read_bytes() == before


def test_the_national_list_finds_them(tmp_path):
    """Before, it said 「台帳にいません」 for everybody who had come by a filing."""
    row = clean(1, symbol="1201", number="7", kind="", acquired=JOINED, filed=FILED)[0]
    path = put(tmp_path / "b.xlsx", book(acquisition=[row]))
    birth = row["birth"].isoformat() if hasattr(row["birth"], "isoformat") else row["birth"]
    listed = tmp_path / "list.csv"
    headings = [status_list.Mapping.load(None).columns[key][0] for key in status_list.REQUIRED]
    status = next(iter(status_list.Mapping.load(None).values))
    listed.write_text(f"{','.join(headings)}\n1201,7,{birth},{status}\n", "utf-8")
    assert (
        status_import.status_import(ClosedBook(path), listed, as_of=DAY, write=False).matched == 0
    )
    enroll.enroll(ClosedBook(path), DAY, write=True)
    assert (
        status_import.status_import(ClosedBook(path), listed, as_of=DAY, write=False).matched == 1
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"number": ""}, "no_number"),
        ({"individual_number": "000000000018"}, "errors"),
        ({"filed": ""}, None),
    ],
)
def test_left_for_a_person(change, reason, tmp_path):
    row = clean(1, symbol="1201", number="7", kind="", acquired=JOINED, filed=FILED)[0] | change
    path = put(tmp_path / "b.xlsx", book(acquisition=[row]))
    result = enroll.enroll(ClosedBook(path), DAY, write=True)
    assert [one.reason for one in result.plan.left] == ([reason] if reason else [])
    assert result.exit_status == (1 if reason else 0) and not members(path)


def test_moves_of_a_dependant(tmp_path):
    insured, child = family()
    new = clean(1, seed=8)[0] | {
        "symbol": "1201",
        "number": "1",
        "branch": "02",
        "relationship": "子",
    }
    new |= {"event": "該当", "event_date": JOINED, "filed": FILED, "insured_name": insured["name"]}
    new |= {"address": "", "postal_code": "", "living": "同居"}
    gone = child | {"event": "非該当", "event_date": JOINED, "filed": FILED}
    path = put(tmp_path / "b.xlsx", book(members=[insured, child], dependants=[new, gone]))
    result = enroll.enroll(ClosedBook(path), DAY, write=True)
    assert result.plan.left == []
    found = members(path)
    assert found[new["name"]].choice("kind") == "dependant"
    assert found[new["name"]].text("address") == insured["address"]
    assert found[child["name"]].date("lost") == JOINED
    assert not found[insured["name"]].text("lost")


@pytest.mark.parametrize("later", [0, 1])
def test_a_loss_ends_the_familys_cover_that_began_before_it(tmp_path, later):
    """Who joined on the very day (同日得喪), or after it, is insured by what began then."""
    insured, child = family()
    again = child | {"branch": "02", "name": "見本 再加入", "individual_number": number(990)}
    again["acquired"] = JOINED + dt.timedelta(later)
    loss = insured | {"lost": JOINED, "left": JOINED - dt.timedelta(1), "filed": FILED}
    loss |= {"cause": "退職等"}
    path = put(tmp_path / "b.xlsx", book(members=[insured, child, again], loss=[loss]))
    result = enroll.enroll(ClosedBook(path), DAY, write=True)
    assert result.plan.counts["loss"] == 1
    assert [row.date("lost") for row in members(path).values()] == [JOINED, JOINED, None]


LEFT = {
    "lost": JOINED,
    "left": JOINED - dt.timedelta(1),
    "filed": FILED,
    "cause": "退職等",
}
"""What a 資格喪失届 says of who has left."""


def test_a_loss_ends_the_family(tmp_path):
    insured, child = family()
    loss = insured | LEFT
    path = put(tmp_path / "b.xlsx", book(members=[insured, child], loss=[loss]))
    result = enroll.enroll(ClosedBook(path), DAY, write=True)
    assert [one.reason for one in result.plan.left] == []
    found = members(path)
    assert found[insured["name"]].date("lost") == found[child["name"]].date("lost") == JOINED


def test_the_count_of_cards_keeps_no_loss_from_the_register(tmp_path):
    """LS03: a certificate that hasn't come back yet is the ledger's matter."""
    insured, _ = family()
    loss = insured | LEFT | {"attached_count": 3}
    path = put(tmp_path / "b.xlsx", book(members=[insured], loss=[loss]))
    found = check.check(ClosedBook(path), as_of=DAY).findings
    assert [f.code for f in found if f.severity == "error"] == ["LS03"]
    result = enroll.enroll(ClosedBook(path), DAY, write=True)
    assert result.plan.left == [] and members(path)[insured["name"]].date("lost") == JOINED


def test_what_is_left_is_named_with_its_errors(tmp_path):
    row = clean(1, symbol="1201", number="7", kind="", acquired=JOINED, filed=FILED)[0]
    row |= {"individual_number": "000000000018", "postal_code": "12"}
    path = put(tmp_path / "b.xlsx", book(acquisition=[row]))
    (left,) = enroll.enroll(ClosedBook(path), DAY).to_json()["left"]
    assert (left["name"], sorted(left["codes"])) == (row["name"], ["AD01", "MN05"])


def test_a_loss_of_nobody_is_left(tmp_path):
    loss = clean(1, symbol="1201", number="99", lost=JOINED, filed=FILED, cause="退職等")
    path = put(tmp_path / "b.xlsx", book(loss=loss))
    result = enroll.enroll(ClosedBook(path), DAY, write=True)
    assert [one.reason for one in result.plan.left] == ["no_person"]


def test_purge_still_finds_the_filing(tmp_path):
    row = clean(1, symbol="1201", number="7", kind="", acquired=JOINED, filed=FILED)[0]
    path = put(tmp_path / "b.xlsx", book(acquisition=[row]))
    enroll.enroll(ClosedBook(path), DAY, write=True)
    later = purge.purge(ClosedBook(path), dt.date(2028, 4, 10))
    assert [(item.sheet, item.row) for item in later.cells] == [("acquisition", 2)]


def test_a_correction_of_a_taken_filing_is_looked_at_again(tmp_path):
    (tmp_path / "inbox").mkdir()
    out = tmp_path / "BOOK.xlsx"
    row = clean(1, symbol="1201", number="7", kind="", acquired=JOINED, filed=FILED)[0]
    put(tmp_path / "inbox" / "a.xlsx", book(acquisition=[row]))
    collect.collect(tmp_path / "inbox", out, as_of=DAY)
    assert len(enroll.enroll(ClosedBook(out), DAY, write=True).plan.added) == 1
    fixed = row | {"individual_number": number(1), "address": "東京都架空区2"}
    put(tmp_path / "inbox" / "b.xlsx", book(acquisition=[fixed]), DAY + dt.timedelta(1))
    collect.collect(tmp_path / "inbox", out, as_of=DAY)
    (filing,) = read(out).rows("acquisition")
    assert not filing.text("enrolled")
    again = enroll.enroll(ClosedBook(out), DAY, write=True)
    assert again.plan.already == 1 and len(list(read(out).rows("members"))) == 1


@pytest.mark.parametrize(
    ("change", "columns"),
    [
        ({"acquired": JOINED + dt.timedelta(1)}, ("資格取得年月日",)),
        ({"birth": dt.date(1990, 1, 2), "sex": "女"}, ("生年月日", "性別")),
        ({"address": "東京都架空区2", "department": "総務部"}, ()),
    ],
)
def test_a_filing_that_says_otherwise_than_the_register_is_left(change, columns, tmp_path):
    row = clean(1, symbol="1201", number="7", kind="", acquired=JOINED, filed=FILED)[0]
    row |= {"birth": dt.date(1990, 1, 1), "sex": "男"}
    member = row | {"branch": "00", "kind": "被保険者", "lost": ""}
    path = put(tmp_path / "b.xlsx", book(members=[member], acquisition=[row | change]))
    plan = enroll.enroll(ClosedBook(path), DAY).plan
    assert [one.columns for one in plan.left] == ([columns] if columns else [])
    assert plan.already == (0 if columns else 1) and not plan.added


def test_a_number_that_comes_later_reaches_the_register(tmp_path):
    row = clean(1, symbol="1201", number="7", kind="", acquired=JOINED, filed=FILED)[0]
    member = row | {"branch": "00", "kind": "被保険者", "lost": ""}
    member |= {"individual_number": "", "no_number_reason": "後日提出"}
    path = put(tmp_path / "b.xlsx", book(members=[member], acquisition=[row]))
    enroll.enroll(ClosedBook(path), DAY, write=True)
    found = members(path)[row["name"]]
    assert found.text("individual_number") == row["individual_number"]
    assert not found.text("no_number_reason")


def test_who_is_taken_on_again_the_same_day_has_a_row_of_his_own(tmp_path):
    """同日得喪 (法36条): the end of the old row, and a new one, whatever the order of the sheets."""
    old, child = family()
    again = old | {"acquired": JOINED, "filed": FILED, "kind": ""}
    loss = old | {
        "lost": JOINED,
        "left": JOINED - dt.timedelta(1),
        "filed": FILED,
        "cause": "退職等",
    }
    path = put(tmp_path / "b.xlsx", book(members=[old, child], acquisition=[again], loss=[loss]))
    result = enroll.enroll(ClosedBook(path), DAY, write=True)
    assert result.plan.left == [] and len(result.plan.added) == 1
    rows = [row for row in read(path).rows("members") if row.text("name") == old["name"]]
    assert [(row.date("acquired"), row.date("lost")) for row in rows] == [
        (old["acquired"], JOINED),
        (JOINED, None),
    ]


def test_the_command(tmp_path, capsys):
    row = clean(1, symbol="1201", number="7", kind="", acquired=JOINED, filed=FILED)[0]
    path = put(tmp_path / "b.xlsx", book(acquisition=[row, row | {"number": "", "name": "別 人"}]))
    before = path.read_bytes()
    assert cli.main(["enroll", str(path), "--json", "--as-of", "2026-04-15"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["written"] is False and path.read_bytes() == before
    assert {one["reason"] for one in said["left"]} <= {"no_number", "errors"}
