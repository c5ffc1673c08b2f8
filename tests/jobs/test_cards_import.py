"""``cards-import``: which lines become rows of 返納管理, which are listed, and the second import."""

import datetime as dt
import json

import pytest
from case_files import by_name, cases
from desk_books import DAY, put, read, rendered
from shikaku import cli
from shikaku.jobs import cards_import, check
from shikaku.system.errors import UsageError
from shikaku.template.builder import Content
from shikaku.workbook.closed_file import ClosedBook

HEADINGS = "記号,番号,枝番,生年月日,交付年月日,有効期限,管理番号"
BIRTH = dt.date(1980, 5, 5)


@pytest.fixture(autouse=True)
def log(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))


def member(number, branch, name, **more):
    kind = "被保険者" if branch in ("00", "") else "被扶養者"
    row = {"symbol": "1201", "number": number, "branch": branch, "kind": kind, "name": name}
    row |= {"kana": "ミホン", "sex": "男", "birth": BIRTH, "acquired": dt.date(2020, 4, 1)}
    return row | more


def book(tmp_path, members, ledger=()):
    rows = {"members": list(members), "ledger": list(ledger)}
    return put(tmp_path / "b.xlsx", rendered(Content(rows, {"as_of": DAY}), 1))


PEOPLE = [
    member("7", "00", "見本　一郎"),
    member("7", "01", "見本　双子", birth=dt.date(2015, 6, 1)),
    member("7", "02", "見本　双美", birth=dt.date(2015, 6, 1)),
    member("0008", "00", "見本　二郎"),
]


def run(path, *lines, headings=HEADINGS, **more):
    file = path.with_name("cards.csv")
    file.write_text("\n".join([headings, *lines, ""]), "utf-8")
    return cards_import.cards_import(ClosedBook(path), file, as_of=DAY, **more)


def ledger(path):
    return [
        (r.text("control_no"), r.text("name"), r.date("issued"), r.date("expiry"))
        for r in read(path).rows("ledger")
    ]


@pytest.mark.parametrize("case", cases("jobs/cards_import"), ids=by_name)
def test_line(tmp_path, case):
    result = run(book(tmp_path, PEOPLE), *case["lines"])
    assert [card.person.name for card in result.found.new] == case.get("new", [])
    listed = [[one.reason, *one.rows] for one in result.found.listed]
    assert listed == case.get("listed", [])
    assert result.exit_status == int(bool(listed))


def test_of_many_certificates_the_first_are_shown_and_json_has_all(tmp_path):
    people = [member(str(n), "00", f"見本　{n}郎") for n in range(11, 23)]
    lines = [f"1201,{n},00,1980-05-05,R7.12.1,2029-11-30,B-{n}" for n in range(11, 23)]
    result = run(book(tmp_path, people), *lines, preview=True)
    assert sum(line.startswith("  ") for line in result.lines()) == 10 + 1
    assert len(result.to_json()["new"]) == 12


def test_rows_of_the_ledger_and_the_second_import(tmp_path):
    path = book(tmp_path, PEOPLE)
    lines = (
        "1201,7,00,1980-05-05,R7.12.1,2029-11-30,A-77",
        "1201,7,02,H27.6.1,2025-12-01,2029-11-30,A-77",
        "1201,8,,1980/5/5,2025/12/2,,",
    )
    preview = run(path, *lines, preview=True)
    assert len(preview.found.new) == 3 and not preview.written and not ledger(path)
    assert run(path, *lines).exit_status == 0
    first, second = dt.date(2025, 12, 1), dt.date(2025, 12, 2)
    last = dt.date(2029, 11, 30)
    assert ledger(path) == [
        ("A-77", "見本　一郎", first, last),
        ("A-77-2", "見本　双美", first, last),
        ("K00001", "見本　二郎", second, None),
    ]
    rows = list(read(path).rows("ledger"))
    assert [r.choice("required") for r in rows] == ["undecided"] * 3
    assert [r.text("branch") for r in rows] == ["00", "02", "00"]
    before = path.read_bytes()
    again = run(path, *lines)
    assert (again.found.same, again.exit_status) == (3, 0) and path.read_bytes() == before


def test_a_birth_corrected_after_the_import_is_found(tmp_path):
    path = book(tmp_path, PEOPLE)
    run(path, "1201,7,00,1980-05-05,2025-12-01,2029-11-30,A-1")
    session = ClosedBook(path)
    session.read()
    session.set_cells([("members", 2, "birth", dt.date(1981, 5, 5))])
    session.commit()
    found = check.check(ClosedBook(path), as_of=DAY).findings
    assert [(f.sheet, f.row, f.column) for f in found if f.code == "KK18"] == [
        ("members", 2, "birth")
    ]


def test_a_number_of_another_family_is_not_taken_over(tmp_path):
    other = {"control_no": "A-1", "document": "資格確認書", "symbol": "1201", "number": "8"}
    other |= {"branch": "00", "name": "見本　二郎", "issued": dt.date(2025, 12, 1)}
    path = book(tmp_path, PEOPLE, [other])
    result = run(path, "1201,7,00,1980-05-05,2025-12-01,2029-11-30,A-1")
    assert [(one.reason, *one.rows) for one in result.found.listed] == [("number_taken", 2)]


def test_who_joined_again_has_the_card_of_that_time(tmp_path):
    left = member("7", "00", "見本　一郎", lost=dt.date(2025, 10, 1))
    again = member("7", "00", "見本　一郎", acquired=dt.date(2026, 1, 1))
    path = book(tmp_path, [left, again])
    result = run(path, "1201,7,00,1980-05-05,2026-02-01,2029-11-30,A-1")
    assert [card.person.row for card in result.found.new] == [3]


def test_other_headings(tmp_path):
    path = book(tmp_path, PEOPLE)
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        '[columns]\nsymbol = ["証記号"]\nnumber = ["証番号"]\nbirth = ["誕生日"]\nissued = ["発行"]\n',
        "utf-8",
    )
    result = run(
        path,
        "1201,8,1980-05-05,2025-12-01",
        headings="証記号,証番号,誕生日,発行",
        mapping=mapping,
    )
    assert len(result.found.new) == 1
    with pytest.raises(UsageError):
        run(path, "1201,8,1980-05-05", headings="記号,番号,生年月日")
    mapping.write_text('[columns]\nnumbr = ["証番号"]\n', "utf-8")
    with pytest.raises(UsageError):
        run(path, "1201,8", mapping=mapping)


def test_command(tmp_path, capsys):
    path = book(tmp_path, PEOPLE)
    file = tmp_path / "cards.csv"
    file.write_text(f"{HEADINGS}\n1201,99,00,1980-05-05,2025-12-01,,\n", "utf-8")
    assert cli.main(["cards-import", str(path), str(file), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["listed"][0]["reason"] == "unknown"
