"""What the manager's report counts, each pivot against a count by hand, and the drawn sheets."""

import datetime as dt
import subprocess
import sys
from collections import Counter

import openpyxl
import pytest
from books import book, closed_days
from shikaku.model.settings import Settings
from shikaku.returns import report, report_sheet
from shikaku.returns.ledger import update

DAY = dt.date(2026, 4, 15)
CLOSED = closed_days()
DEPARTMENTS = ("総務部", "営業部", "")


def plan_of(count: int):
    """So many cards of people who left between December and April, every third returned."""
    cards, losses = [], []
    for n in range(count):
        who = {"symbol": "10", "number": str(100 + n), "name": f"返納　{chr(0x4E00 + n)}"}
        lost = dt.date(2025, 12, 1) + dt.timedelta(n * 7 % 130)
        back = {"returned": lost + dt.timedelta(20)} if n % 3 == 0 else {}
        if back and back["returned"] > DAY:
            back = {}
        cards.append(
            {
                **who,
                **back,
                "control_no": f"K{n:05}",
                "document": "certificate",
                "branch": "00",
                "kind": "insured",
                "issued": dt.date(2025, 11, 1),
                "expiry": dt.date(2029, 11, 30),
                "department": DEPARTMENTS[n % 3],
            }
        )
        losses.append({**who, "lost": lost, "cause": "leaving"})
    return update(book(ledger=cards, loss=losses), Settings(), DAY, CLOSED)


@pytest.fixture(scope="module")
def plan():
    return plan_of(60)


@pytest.fixture(scope="module")
def frame(plan):
    return report.cases(plan, DAY)


def test_steps_and_ages(plan, frame):
    grid = report.by_step(frame)
    counted = Counter((i.stage, report.age_class(i, DAY)) for i in report.open_cases(plan))
    assert {
        (s, a): int(grid.at[s, a]) for s in grid.index for a in grid if grid.at[s, a]
    } == counted
    assert list(grid.columns) == [label for label, _ in report.AGES]


def test_places(plan, frame):
    counted = Counter(i.entry.department or "(所属なし)" for i in report.open_cases(plan))
    counts = report.by_place(frame)
    assert dict(counts.open) == counted and list(counts.open) == sorted(counts.open, reverse=True)
    by_step = report.by_place_and_step(frame)
    assert dict(by_step.sum(axis="columns")) == counted
    assert list(by_step.index) == list(counts.index)


def test_months(plan, frame):
    lost = [i for i in plan.entries if i.entry.required == "yes" and i.state != "not_yet"]
    counted = Counter(f"{i.entry.lost:%Y-%m}" for i in lost)
    months = report.by_month(frame)
    assert dict(months.wanted) == counted and list(months.index) == sorted(counted)
    back = Counter(f"{i.entry.lost:%Y-%m}" for i in lost if i.entry.returned)
    assert {m: n for m, n in months.back.items() if n} == back
    rates = report.rate_by_place(frame)
    assert list(rates.columns) == list(months.index)
    assert ((rates.isna()) | ((rates >= 0) & (rates <= 1))).all(axis=None)


def test_the_month_before(plan, frame):
    end = dt.date(2026, 3, 31)
    moved = report.since_last_month(frame, DAY)
    assert ((moved.before + moved.new - moved.gone) == moved.now).all()
    assert moved.now.sum() == len(report.open_cases(plan))
    then = [
        i
        for i in plan.entries
        if i.entry.required == "yes" and i.entry.lost <= end
        and not (i.entry.returned and i.entry.returned <= end)
    ]  # fmt: skip
    assert moved.before.sum() == len(then) > 0
    assert moved.gone.sum() == sum(1 for i in then if i.entry.returned) > 0
    assert moved.new.sum() > 0


def test_a_first_of_january():
    frame = report.cases(plan_of(6), dt.date(2026, 1, 1))
    moved = report.since_last_month(frame, dt.date(2026, 1, 1))
    assert ((moved.before + moved.new - moved.gone) == moved.now).all()


@pytest.mark.parametrize("count", [0, 1, 60])
def test_the_drawn_report(tmp_path, count):
    plan = plan_of(count)
    for name in ("a.xlsx", "b.xlsx"):
        report_sheet.build(tmp_path / name, plan, Settings(insurer_name="試験組合"), DAY)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    made = openpyxl.load_workbook(tmp_path / "a.xlsx")
    page, details = made.worksheets
    assert page.cell(4, 1).value == len(report.open_cases(plan))
    assert len(page._charts) == (2 if count else 1)
    assert len(details._charts) == (1 if count > 1 else 0)  # the one card came back at once
    text = "".join(str(c.value) for tab in made for line in tab for c in line)
    assert "返納　" not in text and "K000" not in text


def test_pandas_waits_for_a_report():
    code = (
        "import sys; from shikaku.jobs import returns; from shikaku.returns import report_sheet;"
        "print('pandas' in sys.modules, 'xlsxwriter' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
