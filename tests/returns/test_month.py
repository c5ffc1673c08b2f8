"""What the month's report counts, by hand; and the sheet 月次 as it is drawn."""

import datetime as dt

import openpyxl
import pytest
from books import book, closed_days
from case_files import by_name, cases
from desk_books import put, rendered
from drawn import formats, series, table, texts
from shikaku.decisions.renewals import renewals
from shikaku.jobs import returns as returns_job
from shikaku.model.settings import Settings
from shikaku.returns import as_it_stood, month, report, report_sheet
from shikaku.returns.ledger import update
from shikaku.template.builder import Content
from shikaku.workbook.closed_file import ClosedBook

DAY = dt.date(2026, 4, 15)
CLOSED = closed_days()
SETTINGS = Settings(certificate_expiry=dt.date(2030, 11, 30))


def person(n, **more):
    row = {"symbol": "10", "number": str(n), "branch": "00", "name": f"月次　{n}郎"}
    row |= {"kind": "insured", "birth": dt.date(1980, 1, 1), "sex": "male"}
    return row | {"acquired": dt.date(2020, 4, 1), "myna_status": "no_card"} | more


def card(n, issued, expiry=dt.date(2029, 11, 30), **more):
    row = {k: person(n)[k] for k in ("symbol", "number", "branch", "name", "kind")}
    row |= {"control_no": f"K{n:05}", "document": "certificate", "issued": issued}
    return row | {"expiry": expiry, "department": ("総務部", "営業部")[n % 2]} | more


def sent(n, day, letter="certificate", **more):
    return {"control_no": f"K{n:05}", "issued": day, "letter": letter} | more


def made():
    days = [dt.date(2025, 12, 10), dt.date(2026, 3, 5), dt.date(2026, 4, 3), dt.date(2026, 4, 14)]
    ledger = [card(n, days[n % 4]) for n in range(1, 9)]
    ledger[0] |= {"expiry": dt.date(2026, 5, 10)}  # of 2026-03-05
    ledger[1] |= {"handling": "void"}  # of 2026-04-03
    ledger[2] |= {"returned": dt.date(2026, 4, 10)}
    ledger[3] |= {"expiry": dt.date(2026, 7, 1)}
    ledger[5] |= {"remarks": "K00005の再交付"}  # of 2026-04-03
    grounds = ["application", "ex_officio", "bulk", None]
    history = [sent(n, row["issued"], ground=grounds[n % 4]) for n, row in enumerate(ledger, 1)]
    history += [
        sent(8, DAY),  # printed again
        sent(7, DAY, "return-reminder"),
        sent(7, DAY, "return-reminder"),  # to somebody else of the family: one document
        sent(7, dt.date(2026, 3, 20), "return-request"),
        sent(9, dt.date(2026, 4, 1), {"value": "cards-import"}),
    ]
    losses = [
        {k: person(7)[k] for k in ("symbol", "number", "name", "birth")}
        | {"lost": dt.date(2026, 3, 10), "cause": "leaving"}
    ]
    members = [person(n) for n in range(1, 9)]
    target = book(members=members, ledger=ledger, history=history, loss=losses)
    plan = update(target, SETTINGS, DAY, CLOSED)
    return target, plan, renewals(target, SETTINGS, DAY, CLOSED, month.AHEAD)


@pytest.fixture(scope="module")
def counts():
    target, plan, ahead = made()
    return month.read(target, plan, ahead, DAY)


def counted(case):
    """The counts of a case's workbook on its day."""
    ledger, history, losses, members = [], [], [], []
    for n, row in enumerate(case.get("cards", ()), 1):
        values = {k: None if v == "" else v for k, v in row.items()}
        ground, lost = values.pop("ground", None), values.pop("lost", None)
        holder = values.pop("of", n)
        of = {"control_no": f"K{n:05}"} | values
        ledger.append(card(holder, of.pop("issued"), **of))
        members += [person(n, old_card="no")] if holder == n else []
        if lost:
            who = {k: members[-1][k] for k in ("symbol", "number", "name", "birth")}
            losses.append(who | {"lost": lost, "cause": "leaving"})
        if ledger[-1]["document"] == "certificate":
            letter = {"value": "cards-import"} if ground == "imported" else "certificate"
            ground = None if ground == "imported" else ground
            history.append(sent(n, ledger[-1]["issued"], letter, ground=ground))
    for control_no, letter, day in case.get("letters", ()):
        history.append({"control_no": control_no, "letter": letter, "issued": day or None})
    as_of = case["as_of"]
    target = book(members=members, ledger=ledger, history=history, loss=losses)
    target = as_it_stood.on(target, as_of)
    plan = update(target, SETTINGS, as_of, CLOSED)
    ahead = renewals(target, SETTINGS, as_of, CLOSED, month.AHEAD)
    return month.read(target, plan, ahead, as_of)


@pytest.mark.parametrize("case", cases("returns/month"), ids=by_name)
def test_counts(case):
    found = counted(case)
    grids = (found.issued, found.letters)
    assert [list(grid) for grid in grids] == [list(month.GROUNDS), list(month.LETTERS)]
    assert all(len(grid) == 12 for grid in grids)
    gives = {
        "circulating": found.circulating,
        "months": [found.issued.index[0], found.letters.index[-1]],
        "issued": [[m, k, n] for m, row in found.issued.iterrows() for k, n in row.items() if n],
        "letters": [[m, k, n] for m, row in found.letters.iterrows() for k, n in row.items() if n],
        "places": found.places.reset_index().values.tolist(),
        "ahead": [[m, n] for m, n in found.ahead.items()],
        "imported": found.imported,
    }
    columns = ["circulating", "issued", "letters", "open", "within_30", "within_90"]
    assert list(found.places) == columns and found.as_of == case["as_of"]
    for key, value in gives.items():
        assert str(value) == str(case["gives"][key]), key  # 1, not 1.0


def test_issued_by_ground(counts):
    now = dict(counts.issued.loc["2026-04"])
    # K2 is void; K3, K7 of 4/14 are 不明; K6 of 4/3 is a reissue
    assert now == {"application": 0, "ex_officio": 0, "bulk": 0, "reissue": 1, "unknown": 2}
    assert dict(counts.issued.loc["2026-03"])["ex_officio"] == 2
    assert dict(counts.issued.loc["2025-12"])["application"] == 2
    assert len(counts.issued) == 12 and counts.imported == 1


def test_letters(counts):
    assert counts.letters.loc["2026-04"].sum() == 1
    assert counts.letters.loc["2026-03", "return-request"] == 1


def test_places_add_up(counts):
    _, plan, ahead = made()
    # out and good: all but the void, the returned; the one of who has left is still out
    assert counts.circulating == 6 + 1  # K9, which the history alone has, came back as a row
    assert counts.places.issued.sum() == 3 and counts.places.letters.sum() == 1
    assert counts.places.open.sum() == len(report.open_cases(plan)) == 1
    assert (
        (counts.places.within_30.sum(), counts.places.within_90.sum()) == (1, 2) == (1, len(ahead))
    )
    assert dict(counts.ahead) == {"2026-04": 0, "2026-05": 1, "2026-06": 0, "2026-07": 1}


@pytest.mark.parametrize("empty", [False, True])
def test_the_sheet_is_drawn_at_full_size(tmp_path, empty):
    target, plan, ahead = made()
    if empty:
        target = book()
        plan, ahead = update(target, SETTINGS, DAY, CLOSED), []
    for name in ("a.xlsx", "b.xlsx"):
        counted = month.read(target, plan, ahead, DAY)
        report_sheet.build(tmp_path / name, plan, SETTINGS, DAY, counted)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    opened = openpyxl.load_workbook(tmp_path / "a.xlsx")
    sheet = opened["月次"]
    assert len(sheet._charts) == (2 if empty else 3)
    text = "".join(str(c.value) for tab in opened for line in tab for c in line)
    assert "月次　" not in text and "K000" not in text
    for tab in opened:
        landscape = tab.page_setup.orientation == "landscape"
        assert tab.page_setup.paperSize == 9 and tab.page_setup.fitToHeight == 0
        assert _width(tab) <= (277 if landscape else 190), tab.title
        sizes = {c.font.sz for line in tab for c in line if c.value is not None}
        assert min(sizes) >= 10


def test_the_sheet_shows_the_counts(tmp_path, counts):
    _, plan, _ = made()
    report_sheet.build(tmp_path / "r.xlsx", plan, SETTINGS, DAY, counts)
    tab = openpyxl.load_workbook(tmp_path / "r.xlsx")["月次"]
    now, sent_now = counts.issued.iloc[-1], counts.letters.iloc[-1]
    urged = int(sent_now["return-reminder"] + sent_now["return-final"])
    ahead = [[month, value] for month, value in counts.ahead.items()]
    assert table(tab, 4, 1, 1, 7) == [
        [counts.circulating, int(now.sum()), None, urged, None, int(counts.ahead.sum()), None]
    ]
    for top, grid in ((9, counts.issued), (18, counts.letters)):
        rows = [[int(grid[k].iloc[-1]), int(grid[k].iloc[-2]), int(grid[k].iloc[-1])] for k in grid]
        sums = [sum(column) for column in zip(*rows, strict=True)]
        assert table(tab, top, 2, len(rows) + 1, 4) == [[*row, None] for row in (*rows, sums)]
    assert tab.cell(24, 1).value and f"{counts.imported}" in tab.cell(24, 1).value
    assert table(tab, 28, 1, len(ahead) + 1, 2) == [*ahead, [None, None]]
    for top, grid in ((35, counts.issued), (68, counts.letters)):
        assert table(tab, top, 1, 13, 6) == [
            *([month, *n] for month, *n in grid.itertuples()),
            [None] * 6,
        ]
    heads = {
        5: 2,
        7: 1,
        8: 4,
        16: 1,
        17: 4,
        26: 1,
        27: 2,
        33: 1,
        34: 6,
        66: 1,
        67: 6,
        99: 1,
        100: 7,
    }
    assert {row: texts(tab, row, 1, 8) for row in heads} == heads
    assert [texts(tab, 5, c, 1) for c in (4, 6)] == [1, 1]
    places = [[place, *n] for place, *n in counts.places.itertuples()]
    row = 101
    assert table(tab, row, 1, len(places), 7) == places
    sums = [int(value) for value in counts.places.sum()]
    assert table(tab, row + len(places), 2, 2, 6) == [sums, [None] * 6]
    (counted,) = formats(tab, row, 2, len(places) + 1, 6) | formats(tab, 9, 2, 6, 3)
    assert counted.startswith("#,##0")
    issued, letters, out = series(tab)
    for first, taken in ((35, issued), (68, letters)):
        assert taken == [
            ((c, first - 1, c, first - 1), (1, first, 1, first + 11), (c, first, c, first + 11))
            for c in range(2, 7)
        ]
    assert [taken[1:] for taken in out] == [((1, 101, 1, 103), (2, 101, 2, 103))]
    assert [chart.anchor._from.row for chart in tab._charts] == [47, 80, row + len(places) + 1]
    assert [mark.id for mark in tab.row_breaks.brk] == [32, 98]
    assert tab.print_area.endswith(f"$A$1:$G${row + len(places) + 22}")


@pytest.mark.parametrize(
    ("as_of", "since"),
    [(dt.date(2026, 3, 31), 12), (dt.date(2026, 4, 1), 1), (dt.date(2026, 5, 1), 2)],
)
def test_the_year_runs_from_april(tmp_path, as_of, since):
    """A certificate in each of the last twelve months: how many since April."""
    ledger, history = [], []
    for n in range(12):
        month_of = as_of.year * 12 + as_of.month - 1 - n
        day = dt.date(month_of // 12, month_of % 12 + 1, 1)
        ledger.append(card(n + 1, day))
        history.append(sent(n + 1, day, ground="application"))
    target = book(members=[person(n + 1) for n in range(12)], ledger=ledger, history=history)
    plan = update(target, SETTINGS, as_of, CLOSED)
    counted = month.read(target, plan, [], as_of)
    report_sheet.build(tmp_path / "r.xlsx", plan, SETTINGS, as_of, counted)
    tab = openpyxl.load_workbook(tmp_path / "r.xlsx")["月次"]
    assert table(tab, 9, 2, 1, 3) == table(tab, 14, 2, 1, 3) == [[1, 1, since]]


def _width(tab):
    """Millimetres of the columns that print; a column is so many digits of 7 pixels and a margin."""
    last = tab.print_area.split(":")[-1] if tab.print_area else ""
    letters = [c for c in "ABCDEFGHIJKLM" if not last or c <= last.split("$")[1]]
    widths = [tab.column_dimensions[c].width for c in letters if c in tab.column_dimensions]
    groups = tab.column_dimensions.values()
    pixels = 0
    for letter in letters:
        number = openpyxl.utils.column_index_from_string(letter)
        own = next((g.width for g in groups if g.min and g.min <= number <= g.max), 8.43)
        pixels += own * 7 + 5
    assert widths
    return pixels * 25.4 / 96


def test_the_job_draws_it(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))
    path = put(tmp_path / "b.xlsx", rendered(Content({}, {"as_of": DAY}), 1))
    result = returns_job.returns(ClosedBook(path), DAY, report=tmp_path / "r.xlsx")
    assert openpyxl.load_workbook(result.report).sheetnames == ["回収状況", "内訳", "月次"]
