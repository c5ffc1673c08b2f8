"""``letters --person``: the command, the index, and rows that have no 番号 yet."""

import csv
import datetime as dt
import json

import letter_cases as data
import pytest
from desk_books import DAY, clean, content, put, rendered
from shikaku import api, cli
from shikaku.jobs import letters as job
from shikaku.letters.contexts import selection
from shikaku.workbook.closed_file import ClosedBook

pytestmark = pytest.mark.usefixtures("letters_here")


@pytest.fixture(autouse=True)
def log(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))


def book(tmp_path, **changes):
    """Three members; what the third lacks holds a letter."""
    rows = clean(3, symbol="1201", acquired=dt.date(2024, 12, 2), lost="", kind="被保険者")
    for index, row in enumerate(rows, 1):
        row |= {"number": str(index), "branch": "00", "myna_status": "利用登録済", "want": ""}
    rows[2] |= changes
    made = content("株式会社みほん", "1201", members=rows)
    made.settings.update(insurer_address="100-0001 東京都架空区1", insurer_phone="00-0000-0000")
    return put(tmp_path / "b.xlsx", rendered(made, prepared=3))


def index(out):
    with open(out / "index.csv", encoding="utf-8-sig", newline="") as file:
        return [(row["番号"], row["状態"]) for row in csv.DictReader(file)]


def test_the_command(tmp_path, capsys):
    path, out = book(tmp_path), tmp_path / "out"
    words = ["letters", str(path), "--out", str(out), "--kind", "notice", "--format", "docx"]
    words += ["--as-of", "2026-04-15", "--json"]
    asked = ["--person", "1201-1-00", "--person", "1201-3-00"]
    assert cli.main([*words, *asked]) == 0
    assert json.loads(capsys.readouterr().out)["letters"] == {"notice": 2}
    assert cli.main([*words, *asked]) == 0  # nothing twice
    assert json.loads(capsys.readouterr().out)["letters"] == {}
    before = path.read_bytes(), index(out)
    assert cli.main([*words, "--person", "1201-9-00"]) == 2
    assert (path.read_bytes(), index(out)) == before


def test_by_a_program(tmp_path):
    found = api.letters(
        book(tmp_path), out=tmp_path / "out", kind=["notice"], person=["1201-2-00"],
        format="docx", as_of=DAY,
    )  # fmt: skip
    assert found.letters == {"notice": 1}
    with pytest.raises(api.ShikakuError):
        api.letters(book(tmp_path), out=tmp_path / "out", person=["x"], format="docx", as_of=DAY)


def test_what_others_wait_for_stays_in_the_index(tmp_path):
    path, out = book(tmp_path, birth=""), tmp_path / "out"
    for people in ((), ("1201-1-00",), ("1201-3-00",)):
        job.letters(
            ClosedBook(path), out, kinds=["notice"], as_of=DAY, people=people, formats=("docx",)
        )
        assert index(out) == [("1", "作成"), ("2", "作成"), ("3", "保留")]


def test_a_row_without_a_number():
    case = next(c for c in data.CASES["case"] if c["name"].startswith("--person の届出"))
    source = data.source({k: v for k, v in case.items() if k != "person"})
    narrow = selection.narrowed(source, (), [("acquisition", 3)])
    assert [person.name for person in source.people.values() if narrow.wants(person)] == [
        "新入 次郎"
    ]
