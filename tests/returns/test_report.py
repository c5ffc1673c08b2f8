"""What the manager's report counts, each pivot against a count by hand, and the drawn sheets."""

import datetime as dt
import subprocess
import sys
from collections import Counter

import openpyxl
import pandas as pd
import pytest
from books import book, cell, closed_days
from case_files import by_name, cases
from drawn import formats, series, table, texts
from shikaku.model.settings import Settings
from shikaku.returns import report, report_sheet
from shikaku.returns.ledger import update

DAY = dt.date(2026, 4, 15)
CLOSED = closed_days()
DEPARTMENTS = ("総務部", "営業部", "")


def plan_of(count: int, departments: tuple[str, ...] = DEPARTMENTS):
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
                "department": departments[n % len(departments)],
            }
        )
        losses.append({**who, "lost": lost, "cause": "leaving"})
    return update(book(ledger=cards, loss=losses), Settings(), DAY, CLOSED)


def counted_plan(case):
    """The ledger of a case's cards."""
    rows = {"members": [], "loss": [], "ledger": [], "history": []}
    for n, card in enumerate(case["cards"], 1):
        who = {"symbol": "10", "number": str(n), "name": f"返納　{chr(0x4E00 + n)}"}
        own = who | {"branch": "00", "kind": "insured"}
        more = {k: v for k, v in card.items() if k in ("due", "returned", "remarks", "required")}
        more |= {"issued": dt.date(2025, 3, 1), "expiry": card.get("expiry", dt.date(2029, 11, 30))}
        more |= {"control_no": f"K{n:05}", "document": "certificate"}
        rows["ledger"].append(own | more | {"department": card.get("department", "")})
        if not card.get("stranger"):
            status = "registered" if card.get("registered") else "no_card"
            member = {"old_card": "no", "acquired": dt.date(2020, 4, 1), "myna_status": status}
            rows["members"].append(own | member)
        if "lost" in card:
            cause = card.get("cause", "leaving")
            rows["loss"].append(who | {"lost": card["lost"], "cause": cause})
        if "sent" in card:
            sent = {"control_no": f"K{n:05}", "letter": card["sent"]}
            rows["history"].append(sent | {"issued": card["lost"] + dt.timedelta(1)})
    made = book(rows)
    named = [card for card in case["cards"] if not card.get("stranger")]
    for row, card in zip(made.rows("members"), named, strict=True):
        row.cells["employer"] = cell(card.get("employer", ""))
    settings = Settings(**case.get("settings", {}))
    return update(made, settings, case.get("as_of", DAY), CLOSED)


@pytest.mark.parametrize("case", cases("returns/report", "age"), ids=by_name)
def test_age(case):
    assert [report.age_class(i, DAY) for i in counted_plan(case).entries] == case["age"]


@pytest.mark.parametrize("case", cases("returns/report", "frame"), ids=by_name)
def test_frame(case):
    frame = report.cases(counted_plan(case), DAY)
    assert list(frame.age.cat.categories) == [label for label, _ in report.AGES]
    assert list(frame.stage.cat.categories) == list(report.STEPS)
    for key in ("began", "returned"):
        frame[key] = frame[key].dt.date
    columns = ["place", "stage", "age", "state", "wanted", "open", "back", "month"]
    assert written(frame[[*columns, "began", "returned"]]) == case["frame"]


@pytest.mark.parametrize("case", cases("returns/report", "counts"), ids=by_name)
def test_counts(case):
    as_of = case.get("as_of", DAY)
    frame = report.cases(counted_plan(case), as_of)
    steps, places, months = report.by_step(frame), report.by_place(frame), report.by_month(frame)
    place_steps, rates = report.by_place_and_step(frame), report.rate_by_place(frame, 12)
    found = {
        "steps": written(steps.reset_index()),
        "places": written(places.reset_index()),
        "months": written(months.reset_index()),
        "place_steps": [list(place_steps), *written(place_steps.reset_index())],
        "rates": [list(rates), *written(rates.reset_index())],
        "moved": written(report.since_last_month(frame, as_of).reset_index()),
    }
    for key, value in found.items():
        assert str(value) == str(case.get(key, value)), key  # 1, not 1.0


def written(frame):
    """The lines of a frame, as a case has them: "" for what is empty."""
    return [["" if pd.isna(value) else value for value in line] for line in frame.values.tolist()]


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
    rates = report.rate_by_place(frame, 12)
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


MANY = tuple(f"第{n:02}課" for n in range(14))


@pytest.fixture(scope="module", params=[DEPARTMENTS, MANY], ids=["three places", "fourteen"])
def drawn(request, tmp_path_factory):
    """A report's cases, and the workbook that shows them."""
    plan = plan_of(60, request.param)
    path = tmp_path_factory.mktemp("drawn") / "r.xlsx"
    report_sheet.build(path, plan, Settings(insurer_name="試験組合"), DAY)
    return report.cases(plan, DAY), openpyxl.load_workbook(path)


def test_the_first_page_shows_the_counts(drawn):
    frame, made = drawn
    page = made.worksheets[0]
    months, steps = report.by_month(frame), report.by_step(frame)
    places = report.by_place(frame)
    late, lost = int((frame.state == "overdue").sum()), int((frame.state == "not_returnable").sum())
    rate = months.back.sum() / months.wanted.sum()
    assert table(page, 4, 1, 1, 8) == [
        [int(frame.open.sum()), None, late, None, lost, None, pytest.approx(rate), None]
    ]
    assert table(page, 8, 2, 1, 6) == [list(steps.columns)]
    assert table(page, 9, 1, len(steps) + 1, 8) == [
        *(
            [report.STEPS[str(step)], *n, sum(n)]
            for step, n in zip(steps.index, steps.values.tolist(), strict=True)
        ),
        [None] * 8,
    ]
    first, shown = 12 + len(steps), places.head(10)
    heads = [(5, 1), (7, 1), (8, 8), (first - 2, 1), (first - 1, 3)]
    assert [texts(page, row, 1, 9) for row, _ in heads] == [width for _, width in heads]
    assert [texts(page, row, 10, 5) for row in (6, 7, 8, 9)] == [0, 1, 4, 1]
    rows = [[place, *values, None] for place, *values in shown.itertuples()]
    rest = places.iloc[10:]
    assert table(page, first, 1, len(rows), 4) == rows
    last = first + len(rows)
    beyond = table(page, last, 2, 2, 3)
    if len(rest):
        assert beyond == [[int(rest.open.sum()), int(rest.overdue.sum()), None], [None] * 3]
    else:
        assert beyond == [[None] * 3] * 2
    assert table(page, 9, 10, len(months) + 1, 4) == [
        *([m, w, b, pytest.approx(b / w)] for m, w, b in months.itertuples()),
        [None] * 4,
    ]
    assert formats(page, 9, 13, len(months), 1) == formats(page, 4, 7, 1, 1) == {"0.0%"}
    (counted,) = formats(page, 9, 2, len(steps), 7) | formats(page, 9, 11, len(months), 2)
    assert counted == page.cell(first, 2).number_format and counted.startswith("#,##0")


def test_the_first_pages_charts_take_the_tables(drawn):
    frame, made = drawn
    page = made.worksheets[0]
    steps, months = report.by_step(frame), report.by_month(frame)
    (ages, rates) = series(page)
    assert ages == [
        ((1, row, 1, row), (2, 8, 7, 8), (2, row, 7, row)) for row in range(9, 9 + len(steps))
    ]
    end = 8 + len(months)
    assert [taken[1:] for taken in rates] == [((10, 9, 10, end), (13, 9, 13, end))]
    (place,) = {chart.anchor._from.row for chart in page._charts}
    assert [chart.anchor._from.col for chart in page._charts] == [0, 9]
    assert page.row_breaks.brk[0].id == place
    shown = min(len(report.by_place(frame)), 11)
    assert place == max(11 + len(steps) + shown, end) + 1
    assert page.print_area.endswith(f"$A$1:$M${place + 24}")


def test_the_details_show_the_pivots(drawn):
    frame, made = drawn
    tab = made.worksheets[1]
    moved, grid = report.since_last_month(frame, DAY), report.by_place_and_step(frame)
    sums = [int(value) for value in moved.sum()]
    assert table(tab, 3, 1, len(moved), 6) == [[p, *n, None] for p, *n in moved.itertuples()]
    row = 3 + len(moved)
    assert table(tab, row, 2, 2, 5) == [[*sums, None], [None] * 5]
    row += 4
    assert table(tab, row - 1, 2, 1, len(grid.columns)) == [
        [report.STEPS[str(step)] for step in grid.columns]
    ]
    assert table(tab, row, 1, len(grid), len(grid.columns) + 3) == [
        [place, *n, sum(n), None] for place, *n in grid.itertuples()
    ]
    row += len(grid) + 3
    rates = report.rate_by_place(frame, 12)
    assert table(tab, row - 1, 2, 1, len(rates.columns)) == [list(rates.columns)]
    assert table(tab, row, 1, len(rates), len(rates.columns) + 1) == [
        [place, *(None if v != v else pytest.approx(v) for v in values)]
        for place, *values in rates.itertuples()
    ]
    assert "0.0%" in formats(tab, row, 2, len(rates), len(rates.columns)) <= {"0.0%", "General"}
    assert [texts(tab, at, 1, 9) for at in (1, 2, row - 2)] == [1, 5, 1]
    (chart,) = series(tab)
    last = 2 + min(len(moved), 10)
    assert chart == [((c, 2, c, 2), (1, 3, 1, last), (c, 3, c, last)) for c in (2, 3, 4, 5)]
    assert tab._charts[0].anchor._from.row == row + len(rates)


def test_pandas_waits_for_a_report():
    code = (
        "import sys; from shikaku.jobs import returns; from shikaku.returns import report_sheet;"
        "print('pandas' in sys.modules, 'xlsxwriter' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
