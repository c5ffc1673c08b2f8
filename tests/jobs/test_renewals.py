"""``renewals``: whose certificate runs out, by employer, and what a new one would say."""

import datetime as dt
import json
from types import SimpleNamespace

import pytest
from case_files import by_name, cases
from desk_books import put, rendered
from shikaku import cli
from shikaku.jobs import letters, renewals
from shikaku.letters.contexts.source import DIRECT_GROUP
from shikaku.system.errors import UsageError
from shikaku.template.builder import Content
from shikaku.workbook.closed_file import ClosedBook

DAY = dt.date(2026, 4, 15)
SETTINGS = {
    "as_of": DAY,
    "employer_name": "株式会社みほん",
    "certificate_expiry": dt.date(2030, 11, 30),
    "insurer_number": "06130009",
    "insurer_name": "ひかり産業健康保険組合",
    "insurer_address": "100-0001 東京都架空区1",
}


@pytest.fixture(autouse=True)
def log(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))


def book(tmp_path, members, cards, loss=(), settings=None):
    """Members 見本 1郎 … (K1 unless the case says otherwise), each with a card as given."""
    people, ledger = [], []
    for n, (person, card) in enumerate(zip(members, cards, strict=True), 1):
        own = {"symbol": "1201", "number": str(n), "branch": "00", "name": f"見本　{n}郎"}
        own |= {"kind": "被保険者"}
        more = {"kana": "ミホン", "sex": "男", "birth": dt.date(1980, 5, 5), "old_card": "なし"}
        more |= {"acquired": dt.date(2020, 4, 1), "myna_status": "カードなし"}
        people.append(own | more | person)
        row = own | {"control_no": f"K0000{n}", "document": "資格確認書"}
        ledger.append(row | {"kind": people[-1]["kind"], "issued": dt.date(2024, 12, 10)} | card)
    losses = [
        {"symbol": "1201", "number": "1", "name": "見本　1郎", "birth": dt.date(1980, 5, 5)} | row
        for row in loss
    ]
    rows = {"members": people, "ledger": ledger, "loss": losses}
    return put(tmp_path / "b.xlsx", rendered(Content(rows, SETTINGS | (settings or {})), 1))


@pytest.mark.parametrize("case", cases("jobs/renewals"), ids=by_name)
def test_case(tmp_path, case):
    path = book(
        tmp_path,
        case.get("members", [{}]),
        case["cards"],
        case.get("loss", ()),
        case.get("settings"),
    )
    found = renewals.renewals(ClosedBook(path), DAY, within=case.get("within")).to_json()
    people = [one for group in found["employers"] for one in group["people"]]
    assert [one["certificate"] for one in people] == case["certificate"]
    for key in ("new_expiry", "issue_on", "days_left"):
        if key in case:
            assert [str(one[key]) for one in people] == [str(value) for value in case[key]]
    if "employers" in case:
        assert [group["employer"] for group in found["employers"]] == case["employers"]


def test_the_letters_of_that_day_say_the_same(tmp_path):
    path = book(tmp_path, [{}], [{"expiry": dt.date(2026, 5, 31)}])
    one = renewals.renewals(ClosedBook(path), DAY, within=60).to_json()["employers"][0]["people"][0]
    before = dt.date.fromisoformat(one["issue_on"]) - dt.timedelta(1)
    out = tmp_path / "o"
    early = letters.letters(
        ClosedBook(path), out, kinds=["certificate"], as_of=before, formats=("docx",)
    )
    assert not early.made
    due = letters.letters(
        ClosedBook(path), out, kinds=["certificate"], as_of=one["issue_on"], formats=("docx",)
    )
    assert due.made == {"certificate": 1}
    assert due.plan.entries[-1].entry.expiry == dt.date.fromisoformat(one["new_expiry"])


def test_command(tmp_path, capsys):
    path = book(tmp_path, [{}], [{"expiry": dt.date(2026, 5, 1)}])
    before = path.read_bytes()
    assert cli.main(["renewals", str(path), "--within", "30", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["count"] == 1 and path.read_bytes() == before
    with pytest.raises(UsageError):
        renewals.renewals(ClosedBook(path), DAY, within=-1)


def test_a_slip_in_the_days_is_answered_in_japanese(capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["renewals", "b.xlsx", "--within", "三十"])
    said = capsys.readouterr().err
    assert stopped.value.code == 2 and "invalid" not in said and "三十" in said


def test_who_is_written_to_directly_is_no_employer():
    one = SimpleNamespace(decision=SimpleNamespace(outcome="none"))
    groups = {"みほん商事": [one], DIRECT_GROUP: [one]}
    result = renewals.RenewalsResult("b.xlsx", DAY, 30, groups)
    assert "1事業所" in result.summary() and "2事業所" not in result.summary()
