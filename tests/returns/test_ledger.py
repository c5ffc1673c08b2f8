"""The decision table of returns, the steps, and the ledger's update, by cases on both sides."""

import datetime as dt

import pytest
from bookparts import make
from books import book, carry_out, closed_days, row
from case_files import by_name, cases
from decision_cases import is_one_sentence, rules_exist
from shikaku.decisions import returns
from shikaku.jobs import returns as returns_job
from shikaku.model.schema import schema
from shikaku.model.settings import Settings
from shikaku.model.tables import Cell
from shikaku.returns import report, report_sheet
from shikaku.returns.ledger import change_lines, update
from shikaku.returns.stages import due_letters
from shikaku.system.errors import BookError, UsageError
from shikaku.workbook.closed_file import ClosedBook

CLOSED = closed_days()
DAY = dt.date(2026, 4, 15)


@pytest.mark.parametrize("case", cases("returns/ledger", "decision"), ids=by_name)
def test_decision(case):
    keys = ("return_on_registration", "count_first_day", "roll", "return_days")
    given = {key: case[key] for key in keys if key in case}
    settings = Settings(**given)
    decision = returns.required(
        case["document"],
        lost=case.get("lost"),
        expiry=case.get("expiry"),
        as_of=case["as_of"],
        settings=settings,
        **{k: case[k] for k in ("issued", "registered", "handling", "replaced") if k in case},
    )
    assert decision.required == case["required"]
    assert set(case["rules"]) <= set(decision.rules)
    assert not set(case.get("not_rules", ())) & set(decision.rules)
    assert is_one_sentence(decision.why)
    rules_exist(decision.rules)
    if "due" in case:
        by_event = case.get("by_event", False)
        assert returns.due(case["lost"], settings, CLOSED, by_event=by_event) == case["due"]


@pytest.mark.parametrize("case", cases("returns/ledger", "state"), ids=by_name)
def test_state(case):
    given = {key: case.get(key) for key in ("required", "lost", "due", "returned")}
    assert returns.state(**given, remarks=case.get("remarks", ""), as_of=DAY) == case["state"]


ME = {"symbol": "10", "number": "7", "name": "返納　太郎"}
CARD = {
    **ME,
    "control_no": "K00001",
    "document": "certificate",
    "branch": "00",
    "kind": "insured",
    "issued": dt.date(2025, 11, 1),
    "expiry": dt.date(2029, 11, 30),
}
LEFT = {**ME, "lost": dt.date(2026, 4, 1), "cause": "leaving"}


@pytest.mark.parametrize("case", cases("returns/ledger", "step"), ids=by_name)
def test_step(case):
    typed = {
        k: case[k]
        for k in ("reminders", "last_reminder", "remarks", "returned", "expiry")
        if k in case
    }
    history = [
        {"issued": day, "letter": kind, "control_no": "K00001", "remarks": mark}
        for kind, day, mark in case.get("sent", [])
    ]
    made = book(ledger=[{**CARD, **typed}], loss=[LEFT], history=history)
    plan = update(made, Settings(), case["as_of"], CLOSED)
    letters = due_letters(plan, made, Settings(), case["as_of"], CLOSED)
    assert [letter.kind for letter in letters] == ([case["letter"]] if case["letter"] else [])
    if "step" in case:
        assert letters[0].step == case["step"]
    if "stage" in case:
        assert plan.entries[0].stage == case["stage"]
    carry_out(made, plan)
    again = update(made, Settings(), case["as_of"], CLOSED)
    assert (again.changes, again.added) == ([], 0)


def test_updating_twice_changes_nothing():
    members = [
        {
            **ME,
            "branch": "00",
            "kind": "insured",
            "old_card": "yes",
            "acquired": dt.date(2020, 4, 1),
        }
    ]
    made = book(ledger=[CARD], loss=[{**LEFT, "lost": dt.date(2025, 12, 1)}], members=members)
    first = update(made, Settings(), DAY, CLOSED)
    assert first.added == 1 and first.changes and change_lines(first)
    carry_out(made, first)
    second = update(made, Settings(), DAY, CLOSED)
    assert (second.changes, second.added, change_lines(second)) == ([], 0, [])
    assert [r["control_no"] for r in second.rows] == ["K00001", "K00002"]


def test_old_card_without_a_duty_gets_no_row():
    members = [{**ME, "branch": "00", "kind": "insured", "old_card": "yes"}]
    late = book(loss=[{**LEFT, "lost": dt.date(2025, 12, 2)}], members=members)
    assert update(late, Settings(), DAY, CLOSED).rows == []
    early = book(loss=[{**LEFT, "lost": dt.date(2025, 12, 1)}], members=members)
    assert [r["document"] for r in update(early, Settings(), DAY, CLOSED).rows] == ["old_card"]


CHILD = {
    **CARD,
    "control_no": "K00002",
    "branch": "01",
    "name": "返納　花子",
    "kind": "dependant",
}


def test_dependants_lose_with_the_insured():
    plan = update(book(ledger=[CARD, CHILD], loss=[LEFT]), Settings(), DAY, CLOSED)
    assert [(r["lost"], r["required"], r["due"]) for r in plan.rows] == [
        (dt.date(2026, 4, 1), "yes", dt.date(2026, 4, 6))
    ] * 2


def test_every_row_that_changes_is_said_with_its_state():
    plan = update(book(ledger=[CARD, CHILD], loss=[LEFT]), Settings(), DAY, CLOSED)
    changed = {(row, key) for row, key, _ in plan.changes}
    assert changed >= {(row, key) for row in (2, 3) for key in ("lost", "required", "due")}
    overdue = schema().lists["return_state"]["overdue"]
    assert [r["state"] for r in plan.rows] == [overdue, overdue]


@pytest.mark.parametrize(
    ("typed", "issued"),
    [
        ({}, "K00001"),
        ({"handling": "void"}, "K00002"),
        ({"handling": "reissue_corrected"}, "K00002"),
        ({"returned": DAY}, "K00002"),
        ({"issued": DAY - dt.timedelta(1)}, "K00002"),
        ({"document": "old_card"}, "K00002"),
    ],
    ids=["in hand", "void", "to be replaced", "returned", "of the day before", "an old card"],
)
def test_a_certificate_of_the_same_day_is_the_one_in_hand(typed, issued):
    """A run of letters that is made again finds its row; one that is gone gives its place."""
    made = {**CARD, "issued": DAY, **typed}
    plan = update(book(ledger=[made]), Settings(), DAY, CLOSED)
    again = {key: CARD[key] for key in ("symbol", "number", "branch", "name", "kind", "expiry")}
    again |= {"department": "", "issued": DAY}
    assert plan.reserve(again) == issued
    plan = plan.with_issued([again])
    assert plan.issued == [issued]
    assert plan.added == (issued == "K00002")


def test_dependant_who_left_before_keeps_the_own_day():
    event = {
        **ME,
        "name": "返納　花子",
        "insured_name": ME["name"],
        "event": "removed",
        "event_date": dt.date(2026, 3, 2),
    }
    plan = update(
        book(ledger=[CARD, CHILD], loss=[LEFT], dependants=[event]), Settings(), DAY, CLOSED
    )
    assert [r["lost"] for r in plan.rows] == [dt.date(2026, 4, 1), dt.date(2026, 3, 2)]


def test_another_person_under_the_same_number_is_left_alone():
    stranger = {**LEFT, "number": "8"}
    plan = update(
        book(ledger=[CARD], loss=[{**stranger, "name": "別人　一郎"}]), Settings(), DAY, CLOSED
    )
    assert plan.rows[0]["lost"] is None and plan.rows[0]["required"] == "undecided"


def test_found_after_a_change_of_number():
    members = [{**ME, "number": "99", "branch": "00", "kind": "insured"}]
    plan = update(
        book(ledger=[CARD], members=members, loss=[{**LEFT, "number": "99"}]),
        Settings(),
        DAY,
        CLOSED,
    )
    assert plan.rows[0]["lost"] == dt.date(2026, 4, 1)


def test_two_people_of_one_name_are_never_guessed_between():
    members = [
        {**ME, "number": "98", "branch": "00", "kind": "insured"},
        {**ME, "number": "99", "branch": "00", "kind": "insured"},
    ]
    plan = update(
        book(ledger=[CARD], members=members, loss=[{**LEFT, "number": "99"}]),
        Settings(),
        DAY,
        CLOSED,
    )
    assert plan.rows[0]["lost"] is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"required": "no"}, {"required": "no"}),
        ({"due": dt.date(2026, 6, 30)}, {"due": dt.date(2026, 6, 30)}),
        (
            {"returned": dt.date(2026, 4, 2), "remarks": "窓口"},
            {"returned": dt.date(2026, 4, 2), "remarks": "窓口"},
        ),
    ],
)
def test_what_a_person_typed_wins(typed, kept):
    plan = update(book(ledger=[{**CARD, **typed}], loss=[LEFT]), Settings(), DAY, CLOSED)
    assert {key: plan.rows[0][key] for key in kept} == kept


def test_a_corrected_day_of_loss_renews_what_was_ours():
    made = book(ledger=[CARD], loss=[LEFT])
    carry_out(made, update(made, Settings(), DAY, CLOSED))
    made.tables["loss"].rows = [row("loss", 2, {**LEFT, "lost": dt.date(2026, 4, 11)})]
    plan = update(made, Settings(), DAY, CLOSED)
    assert (plan.rows[0]["lost"], plan.rows[0]["due"]) == (
        dt.date(2026, 4, 11),
        dt.date(2026, 4, 15),
    )


def test_certificates_attached_to_the_filing_are_back():
    filed = {**LEFT, "attached_count": 1, "filed": dt.date(2026, 4, 3)}
    plan = update(book(ledger=[CARD], loss=[filed]), Settings(), DAY, CLOSED)
    assert (plan.rows[0]["returned"], plan.entries[0].state) == (dt.date(2026, 4, 3), "returned")
    unfiled = {**LEFT, "attached_count": 1}
    plan = update(book(ledger=[CARD], loss=[unfiled]), Settings(), DAY, CLOSED)
    assert plan.rows[0]["returned"] is None


def test_certificate_given_up_on_the_filing():
    filed = {**LEFT, "not_returnable_count": 1, "filed": dt.date(2026, 4, 3)}
    made = book(ledger=[CARD], loss=[filed])
    plan = update(made, Settings(), DAY, CLOSED)
    assert plan.entries[0].state == "not_returnable"
    assert [s.kind for s in due_letters(plan, made, Settings(), DAY, CLOSED)] == ["return-loss"]


def test_one_attached_and_one_not_leaves_the_ledger_to_people():
    filed = {**LEFT, "attached_count": 1, "not_returnable_count": 1, "filed": dt.date(2026, 4, 3)}
    plan = update(book(ledger=[CARD], loss=[filed]), Settings(), DAY, CLOSED)
    assert (plan.rows[0]["returned"], plan.rows[0]["remarks"]) == (None, "")


def test_a_certificate_in_the_history_comes_back_into_the_ledger_once():
    history = [
        {
            "issued": dt.date(2026, 4, 2),
            "letter": "certificate",
            **ME,
            "branch": "00",
            "control_no": "K00009",
        }
    ]
    made = book(history=history)
    carry_out(made, update(made, Settings(), DAY, CLOSED))
    assert len(made.tables["ledger"].rows) == 1
    assert update(made, Settings(), DAY, CLOSED).added == 0


def test_report_counts_and_opens(tmp_path):
    child = {
        **CARD,
        "control_no": "K00002",
        "branch": "01",
        "name": "返納　花子",
        "kind": "dependant",
        "returned": dt.date(2026, 4, 3),
    }
    plan = update(book(ledger=[CARD, child], loss=[LEFT]), Settings(), DAY, CLOSED)
    (month,) = report.by_month(report.cases(plan, DAY)).itertuples()
    assert tuple(month) == ("2026-04", 2, 1)
    assert [report.age_class(i, DAY) for i in report.open_cases(plan)] == ["8〜14日"]
    path = tmp_path / "report.xlsx"
    report_sheet.build(path, plan, Settings(insurer_name="試験組合"), DAY)
    import openpyxl

    made = openpyxl.load_workbook(path)
    sheet = made.worksheets[0]
    assert [sheet.cell(4, c).value for c in (1, 3, 5, 7)] == [1, 1, 0, 0.5]
    assert not any("太郎" in str(c.value) for tab in made for line in tab for c in line)


def test_the_report_of_a_past_day_leaves_out_what_came_later(tmp_path, monkeypatch):
    import openpyxl

    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))
    rows = [
        {**CARD, "document": "資格確認書", "kind": "被保険者", "returned": dt.date(2026, 4, 3)},
        {
            **CARD,
            "document": "資格確認書",
            "kind": "被保険者",
            "control_no": "K00009",
            "number": "9",
        },
    ]
    rows[1] |= {"issued": dt.date(2026, 4, 5), "name": "見本　次郎"}
    loss = [{**LEFT, "cause": "退職等"}]
    path = make.book(tmp_path / "b.xlsx", {"ledger": rows, "loss": loss}, tables=False)
    for day, waiting, out in (
        (dt.date(2026, 4, 2), 1, 1),
        (dt.date(2026, 4, 3), 0, 0),
        (DAY, 0, 1),
    ):
        report_path = tmp_path / f"{day}.xlsx"
        result = returns_job.returns(ClosedBook(path), day, report=report_path)
        made = openpyxl.load_workbook(report_path)
        assert (made["回収状況"].cell(4, 1).value, made["月次"].cell(4, 1).value) == (waiting, out)
        assert len(result.plan.entries) == 2  # the ledger itself has all of it


@pytest.mark.parametrize("label", ["返納日", "備考", "返納要否", "返納期限", "資格喪失年月日"])
def test_no_letter_goes_out_over_what_a_lost_column_said(tmp_path, monkeypatch, label):
    import openpyxl

    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))
    rows = {"ledger": [{**CARD, "document": "資格確認書", "kind": "被保険者"}]}
    path = make.book(tmp_path / "b.xlsx", rows, tables=False)
    changed = openpyxl.load_workbook(path)
    head = next(c for c in changed["返納管理"][1] if c.value == label)
    head.value = "戻り"
    changed.save(path)
    for job in (returns_job.returns, lambda s, day: returns_job.remind(s, tmp_path, as_of=day)):
        with pytest.raises(BookError, match=label):
            job(ClosedBook(path), DAY)


def test_the_page_leaves_out_what_a_member_has_lost():
    plan = update(book(ledger=[{**CARD, "remarks": "滅失"}]), Settings(), DAY, CLOSED)
    assert plan.entries[0].state == "not_returnable"
    assert report.open_cases(plan) == []
    left = update(book(ledger=[{**CARD, "remarks": "滅失"}], loss=[LEFT]), Settings(), DAY, CLOSED)
    assert len(report.open_cases(left)) == 1


def test_an_update_without_changes_does_not_claim_to_have_written(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))
    path = make.book(tmp_path / "b.xlsx")
    returns_job.returns(ClosedBook(path), DAY, write=True)
    before = path.read_bytes()
    again = returns_job.returns(ClosedBook(path), DAY, write=True)
    assert path.read_bytes() == before
    assert "変わるところはありません" in again.summary() and "書き込み" not in again.summary()


def test_the_page_shows_employers_where_the_book_has_several():
    members = [
        {**ME, "number": n, "name": f"返納　{n}", "kind": "insured", "branch": "00"} for n in "123"
    ]
    losses = [{**LEFT, "number": n, "name": f"返納　{n}"} for n in "123"]
    cards = [
        {
            **CARD,
            "control_no": f"K0000{n}",
            "number": n,
            "name": f"返納　{n}",
            "department": "総務部",
        }
        for n in "123"
    ]
    cards[2]["returned"] = dt.date(2026, 4, 3)
    made = book(members=members, loss=losses, ledger=cards)
    plan = update(made, Settings(), DAY, CLOSED)
    assert report.unit(plan) == "所属"
    assert [tuple(p) for p in report.by_place(report.cases(plan, DAY)).itertuples()] == [
        ("総務部", 2, 2)
    ]
    made = book(members=members, loss=losses, ledger=cards)
    for line, employer in zip(made.tables["members"].rows, ("甲社", "乙社", "乙社"), strict=True):
        line.cells["employer"] = Cell(employer, "text")  # as ``collect`` adds it
    plan = update(made, Settings(), DAY, CLOSED)
    assert report.unit(plan) == "事業所"
    assert [tuple(p) for p in report.by_place(report.cases(plan, DAY)).itertuples()] == [
        ("乙社", 1, 1),
        ("甲社", 1, 1),
    ]


def test_eaten_zeros_and_other_glyphs_are_the_same_person():
    card = {**CARD, "number": "0025", "name": "髙橋　太郎"}
    left = {**LEFT, "number": "25", "name": "高橋 太郎"}
    plan = update(book(ledger=[card], loss=[left]), Settings(), DAY, CLOSED)
    assert plan.rows[0]["lost"] == dt.date(2026, 4, 1)
    other = {**LEFT, "number": "250", "name": "高橋 太郎"}
    members = [{**ME, "number": "0025", "name": "髙橋　太郎", "kind": "insured"}]
    plan = update(book(ledger=[card], loss=[other], members=members), Settings(), DAY, CLOSED)
    assert plan.rows[0]["lost"] is None


def test_a_row_pasted_in_without_a_number_gets_one_that_stays():
    made = book(ledger=[CARD, {**CARD, "control_no": "", "number": "8"}])
    carry_out(made, update(made, Settings(), DAY, CLOSED))
    again = update(made, Settings(), DAY, CLOSED)
    assert [r["control_no"] for r in again.rows] == ["K00001", "K00002"]
    assert again.changes == []


@pytest.mark.parametrize("name", ["b.xlsx", "other.xlsx", "r.csv", "."])
def test_the_report_takes_no_workbooks_place(tmp_path, monkeypatch, name):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))
    path, other = make.book(tmp_path / "b.xlsx"), make.book(tmp_path / "other.xlsx")
    before = path.read_bytes(), other.read_bytes()
    with pytest.raises(UsageError):
        returns_job.returns(ClosedBook(path), DAY, report=tmp_path / name)
    assert (path.read_bytes(), other.read_bytes()) == before
    for _ in range(2):  # last month's report gives way
        returns_job.returns(ClosedBook(path), DAY, report=tmp_path / "r.xlsx")


def test_letters_without_a_number_are_nobodys():
    """発行履歴 may have lost a 管理番号, and a row may wait for its own (個人番号 typed there)."""
    stray = {**CARD, "control_no": "000000000019"}
    history = [{"issued": dt.date(2026, 4, 2), "letter": "return-request", "remarks": ""}]
    plan = update(book(ledger=[stray], loss=[LEFT], history=history), Settings(), DAY, CLOSED)
    assert plan.entries[0].entry.control_no == "" and plan.entries[0].stage == "none"


def test_a_number_that_all_rows_share_gets_serials():
    shared = [{**CARD, "control_no": "12-1", "number": str(n)} for n in range(30)]
    plan = update(book(ledger=shared), Settings(), DAY, CLOSED)
    assert [r["control_no"] for r in plan.rows[:3]] == ["12-1", "12-1-2", "12-1-3"]
    assert len({r["control_no"] for r in plan.rows}) == 30


def test_the_items_of_the_json():
    """The keys of contract §3, with their values for one certificate that is due."""
    plan = update(book(ledger=[CARD], loss=[LEFT]), Settings(), DAY, CLOSED)
    (item,) = plan.items()
    assert item.pop("next_action")
    assert item == {
        "control_no": "K00001",
        "document": "資格確認書",
        "record": "10-7-00",
        "name": "返納　太郎",
        "required": True,
        "due": "2026-04-06",
        "returned": None,
        "state": schema().lists["return_state"]["overdue"],
        "stage": "none",
    }
    back = {**CARD, "returned": dt.date(2026, 4, 10)}
    (closed,) = update(book(ledger=[back], loss=[LEFT]), Settings(), DAY, CLOSED).items()
    assert closed["returned"] == "2026-04-10"
    (undecided,) = update(book(ledger=[CARD]), Settings(), DAY, CLOSED).items()
    assert undecided["required"] is None
    not_due = {**LEFT, "lost": dt.date(2029, 12, 1)}
    late = update(book(ledger=[CARD], loss=[not_due]), Settings(), dt.date(2029, 12, 2), CLOSED)
    assert late.items()[0]["required"] is False
