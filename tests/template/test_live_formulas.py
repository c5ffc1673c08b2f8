"""The sheets' formulas, calculated by LibreOffice, give what the Python code gives."""

import datetime as dt
from dataclasses import replace
from functools import cache

import pytest
from case_files import cases
from cover_counts import cover_counts
from office import convert_all
from rough_rows import ledger_rows, new_rows, packed_rows, rows
from shikaku.live import columns as live_columns
from shikaku.live import counts, row_faults, typed_days
from shikaku.model import settings
from shikaku.model.calendar import closed_days
from shikaku.model.schema import FILINGS, schema
from shikaku.model.tables import Row
from shikaku.template import builder
from shikaku.template.builder import Content
from shikaku.template.content import ERROR_TEXTS
from shikaku.template.count_formulas import COUNTED, LABELS
from shikaku.template.live_formulas import Formulas
from shikaku.workbook.closed_file import ClosedBook

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")

AS_OF = dt.date(2026, 4, 15)

LISTS = schema().lists
READINGS = {
    "as the template has it": {},
    "first day counts, Saturdays open": {
        "count_first_day": LISTS["yes_no"]["yes"],
        "saturday": LISTS["saturday"]["open"],
    },
    "no rolling, eight days": {"roll": LISTS["roll"]["none"], "filing_days": 8},
    "as people write them": {"roll": "繰り下げる", "filing_days": "8日", "as_of": "R8.4.15"},
    "blank settings": {"filing_days": " ", "roll": "", "count_first_day": ""},
}


def all_recalculated(contents: list[Content], folder):
    """(the workbook as built, the same after LibreOffice calculated it, its path) of each content, by one
    LibreOffice: the built ones have no cached value at all, so nothing can come from there."""
    paths = [folder / f"book{number}.xlsx" for number in range(len(contents))]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(builder, "live_values", lambda content: ({}, {}))
        for path, content in zip(paths, contents, strict=True):
            path.write_bytes(builder.render(content, prepared=1))
    after = convert_all(paths, folder / "out", timeout=900)
    return [
        (ClosedBook(path).read(), ClosedBook(done).read(), done)
        for path, done in zip(paths, after, strict=True)
    ]


def shown(cell, key: str):
    """A formula's result as ``live`` would give it."""
    if key == "limit" and cell.kind == "date":
        return cell.value.date() if isinstance(cell.value, dt.datetime) else cell.value
    if key == "days_left" and cell.kind == "number":
        return int(cell.value)
    return cell.value if cell.value is not None else ""


def differences(before, after, keys, expected):
    """(sheet, row, column, what Python gives, what the formula gives) wherever they differ."""
    found = []
    for sheet, columns in keys.items():
        calculated = {row.number: row for row in after.tables[sheet].rows}
        for row in before.tables[sheet].rows:
            values = expected(row)
            for key in columns:
                cell = calculated[row.number].cell(key)
                if shown(cell, key) != values[key]:
                    found.append((sheet, row.number, key, values[key], shown(cell, key)))
    return found


LIVE = ("status", "days", "limit", "limit_state", "days_left", "number_check", "input_check")


PIECE = 80
"""Rows a sheet in one workbook: LibreOffice's time grows faster than the rows, and no live column
looks at another row."""


@cache
def rough_rows(sheet: str) -> list:
    """Of many rough rows of a filing as few as bring what all of them bring."""
    items = [*packed_rows(sheet, 600, seed=22), *rows(sheet, 1050, seed=22)]
    return new_rows(sheet, items, said(sheet, items))


def said(sheet: str, items: list) -> list:
    """What the live columns say of rows by the settings of the template."""
    chosen, closed = settings.Settings(), closed_days_of_template()
    read = {row.number: row for row in Content({sheet: items}).read(sheet)}
    blank = Row(sheet, 0, {})
    return [
        live_columns.values(read.get(number, blank), chosen, closed, AS_OF)
        for number in range(2, len(items) + 2)
    ]


@pytest.mark.slow
def test_no_difference_in_any_live_column(tmp_path):
    """All rough rows by the settings of the template, some of them by each other reading."""
    contents = []
    for name, reading in READINGS.items():
        chosen = {"as_of": AS_OF, **reading}
        if reading:
            some = {sheet: list(rows(sheet, 40, seed=len(name))) for sheet in FILINGS}
            contents.append(Content(some, chosen))
            continue
        every = {sheet: rough_rows(sheet) for sheet in FILINGS}
        for first in range(0, max(map(len, every.values())), PIECE):
            piece = {sheet: items[first : first + PIECE] for sheet, items in every.items()}
            contents.append(Content(piece, chosen))
    found, checked = [], 0
    for content, (before, after, _) in zip(
        contents, all_recalculated(contents, tmp_path), strict=True
    ):
        chosen = settings.read(before)
        closed = closed_days(before, chosen)
        checked += sum(len(before.tables[sheet].rows) for sheet in FILINGS)
        differ = differences(
            before,
            after,
            dict.fromkeys(FILINGS, LIVE),
            lambda row, c=chosen, d=closed: live_columns.values(row, c, d, AS_OF),
        )
        found += [(content.settings, *one) for one in differ]
    assert checked >= 1500
    assert found == []


def test_the_rows_show_every_word():
    """The long test means something only if its rows reach every branch."""
    words = {key: set() for key in LIVE}
    for sheet in FILINGS:
        for values in said(sheet, rough_rows(sheet)):
            for key, value in values.items():
                words[key].add(value)
    assert set(live_columns.NUMBER_WORDS.values()) <= words["number_check"]
    assert (
        set(LISTS["limit_state"].values()) | {live_columns.CHECK_DATE, ""} <= words["limit_state"]
    )
    assert {*row_faults.FINE, row_faults.ERROR_CELL} <= words["input_check"]
    assert {*live_columns.PRESSING} - {live_columns.CHECK_CLOSED, live_columns.CHECK_AS_OF} <= (
        words["status"]
    )
    faults = {fault for text in words["input_check"] for fault in text.split("、")}
    for sheet in FILINGS:
        spec = schema().sheets[sheet]
        assert {row_faults.choice_text(spec, key) for key in row_faults.choices(sheet)} <= faults
        assert {row_faults.ditto_text(spec, key) for key in row_faults.dittoable(sheet)} <= faults
        assert {row_faults.day_text(spec, key) for key in typed_days.DAYS[sheet]} <= faults
        assert {row_faults.clash_text(spec, clash) for clash in row_faults.clashes(sheet)} <= faults
        assert row_faults.future_birth(spec) in faults


def closed_days_of_template():
    from shikaku.law.closed_days import ClosedDays

    return ClosedDays(builder.closed_days())


@pytest.fixture(scope="module")
def recalculated(tmp_path_factory):
    """The workbooks of the tests below, by one LibreOffice, whose start takes as long as 150 rows."""
    contents = {
        "ledger": ledger(),
        "closed day": odd_closed_day(),
        "no rolling": odd_closed_day(roll=LISTS["roll"]["none"]),
        "counts": counted(),
        "cases": of_the_twin(),
        "no day": Content({"loss": [WHOLE]}, {"as_of": "四月"}),
    }
    done = all_recalculated(list(contents.values()), tmp_path_factory.mktemp("recalculated"))
    return dict(zip(contents, done, strict=True))


def of_the_twin() -> Content:
    """The rows of the cases by which Python's live columns are tried, those by the settings of the template."""
    found = {key: [] for key in (*FILINGS, "ledger")}
    for case in cases("live/columns"):
        keys = {
            "number": "individual_number",
            "erased": "number_erased",
            "reason": "no_number_reason",
        }
        told = {key: case[short] for short, key in keys.items() if short in case}
        if "settings" not in case:
            usual = "ledger" if case["of"] == "ledger" else "acquisition"
            found[case.get("sheet", usual)].append({**case.get("row", {"name": "x"}), **told})
    return Content(found, {"as_of": AS_OF})


def test_no_difference_in_the_cases_of_the_twin(recalculated):
    """Each stands at an edge of a rule; rough rows meet few of these."""
    before, after, _ = recalculated["cases"]
    chosen = settings.read(before)
    closed = closed_days(before, chosen)

    def expected(row: Row) -> dict:
        if row.sheet == "ledger":
            return {"state": live_columns.ledger_state(row, AS_OF)}
        return live_columns.values(row, chosen, closed, AS_OF)

    keys = {**dict.fromkeys(FILINGS, LIVE), "ledger": ("state",)}
    assert differences(before, after, keys, expected) == []
    assert sum(len(before.tables[key].rows) for key in keys) > 100


def test_without_a_day_of_judgement_its_line_is_to_be_looked_at(recalculated):
    (row,) = recalculated["no day"][1].tables["loss"].rows
    look = live_columns.CHECK_AS_OF
    assert (row.text("limit_state"), row.text("status"), row.text("days_left")) == (look, look, "")
    assert row.date("limit") == dt.date(2026, 4, 6)
    assert row.text("input_check") == row_faults.NO_GAPS


WHOLE = {
    "symbol": "1201",
    "number": "1",
    "name": "架空 太郎",
    "birth": dt.date(1951, 4, 1),
    "lost": dt.date(2026, 4, 1),
    "cause": LISTS["loss_cause"]["age_75"],
}


def ledger() -> Content:
    return Content({"ledger": list(ledger_rows(480, seed=5))}, {"as_of": AS_OF})


def test_no_difference_in_the_ledgers_state(recalculated):
    before, after, _ = recalculated["ledger"]
    found = differences(
        before,
        after,
        {"ledger": ("state",)},
        lambda row: {"state": live_columns.ledger_state(row, AS_OF)},
    )
    assert found == []
    words = {live_columns.ledger_state(row, AS_OF) for row in before.tables["ledger"].rows}
    assert (
        set(LISTS["return_state"].values()) | {live_columns.CHECK_DATE, row_faults.ERROR_CELL}
        <= words
    )


def odd_closed_day(**chosen: str) -> Content:
    closed = [{"date": day, "name": name} for day, name in builder.closed_days().items()]
    return Content(
        {
            "acquisition": list(rows("acquisition", 20, seed=3)),
            "closed_days": [*closed, {"date": "R8.4.30", "name": "創立記念日"}],
        },
        {"as_of": AS_OF, **chosen},
    )


def test_a_closed_day_that_is_no_date_stops_the_limits(recalculated):
    """Excel's WORKDAY fails on text among the closed days and LibreOffice's skips it: the sheet
    says that 休日 needs a look instead, in both."""
    before, after, _ = recalculated["closed day"]
    chosen = settings.read(before)
    dated = {
        row.number
        for row in before.tables["acquisition"].rows
        if isinstance(
            live_columns.values(row, chosen, closed_days(before, chosen), AS_OF)["limit"], dt.date
        )
    }
    assert dated
    limits = {
        shown(row.cell("limit"), "limit")
        for row in after.tables["acquisition"].rows
        if row.number in dated
    }
    assert limits == {live_columns.CHECK_CLOSED}
    on_cover = cover_counts(recalculated["closed day"][2])["acquisition"]
    faulty = [
        row
        for row in after.tables["acquisition"].rows
        if row.text("input_check")
        and (
            row.text("input_check") not in row_faults.FINE
            or row.text("limit_state") == live_columns.CHECK_CLOSED
            or row.text("number_check")
            not in {live_columns.NUMBER_WORDS[key] for key in live_columns.GOOD_NUMBER}
        )
    ]
    assert on_cover["faults"] == len(faulty)


def test_a_closed_day_stops_no_limit_that_does_not_roll(recalculated):
    before, after, _ = recalculated["no rolling"]
    chosen = settings.read(before)
    assert (
        differences(
            before,
            after,
            {"acquisition": ("limit", "limit_state")},
            lambda row: live_columns.values(row, chosen, closed_days(before, chosen), AS_OF),
        )
        == []
    )


def counted() -> Content:
    """Rough rows. (An error cell among the days or names shows as 「エラー値」 under 要確認; one in
    マイナ保険証の状況 does not matter.)"""
    keys = set(schema().sheets["members"].columns)
    rough = {
        **{sheet: rows(sheet, 80, seed=9) for sheet in FILINGS},
        "members": (
            {k: v for k, v in row.items() if k in keys} for row in rows("acquisition", 60, 4)
        ),
        "ledger": ledger_rows(60, seed=6),
    }
    calm = {
        sheet: [
            {
                k: v
                for k, v in row.items()
                if sheet == "ledger" or k == "myna_status" or v not in ERROR_TEXTS
            }
            for row in items
        ]
        for sheet, items in rough.items()
    }
    for sheet, more in ends().items():
        calm[sheet] += more
    return Content(calm, {"as_of": AS_OF})


def ends() -> dict[str, list[dict]]:
    """Members of whom nothing is known, with an end on the register or on a filing, or with none that counts;
    and a row that is nobody's."""
    began, day = dt.date(2025, 4, 1), dt.timedelta(1)
    some = {
        "台帳で 喪失": {"lost": AS_OF},
        "台帳で 先の喪失": {"lost": AS_OF + day},
        "喪失届で 喪失": {},
        "喪失届で 先の喪失": {},
        "喪失届で 前の喪失": {},
        "異動届で 非該当": {},
        "異動届で 変更": {},
        "どこにも ない": {},
    }
    birth = {name: dt.date(1980, 1, n) for n, name in enumerate(some, 1)}
    members = [
        {"name": name, "birth": birth[name], "acquired": began, **values}
        for name, values in some.items()
    ]
    members.append({"acquired": began, "remarks": "氏名のない行"})
    filed = {
        "喪失届で 喪失": AS_OF,
        "喪失届で 先の喪失": AS_OF + day,
        "喪失届で 前の喪失": began,
    }
    losses = [{"name": name, "birth": birth[name], "lost": lost} for name, lost in filed.items()]
    moved = {"異動届で 非該当": "removed", "異動届で 変更": "changed"}
    moves = [
        {"name": name, "birth": birth[name], "event": LISTS["event"][event], "event_date": AS_OF}
        for name, event in moved.items()
    ]
    return {"members": members, "loss": losses, "dependants": moves}


def counts_on_the_cover(found) -> tuple[dict, dict]:
    """What 表紙 says of a workbook that was calculated, and what ``live_counts`` does."""
    before, _, done = found
    chosen = settings.read(before)
    tables = {key: before.tables[key].rows for key in COUNTED}
    expected = counts.counts(tables, chosen, closed_days(before, chosen), AS_OF)
    return cover_counts(done), {
        key: {count: expected[key][count] for count in counted} for key, counted in COUNTED.items()
    }


def test_whoever_has_left_is_not_asked_for():
    """Five of the eight are still there: the ends of the others have come."""
    chosen = settings.Settings(as_of=AS_OF)
    read = {sheet: Content({sheet: rows}).read(sheet) for sheet, rows in ends().items()}
    found = counts.counts(read, chosen, closed_days_of_template(), AS_OF)
    assert found["members"] == {"rows": 8, "unknown": 5}


def test_counts_of_the_cover(recalculated):
    """表紙 counts rough rows as ``live_counts`` does."""
    shown, expected = counts_on_the_cover(recalculated["counts"])
    assert shown == expected
    assert all(any(expected[key].get(count) for key in COUNTED) for count in LABELS), (
        "every count has something to count"
    )


def test_a_heading_of_somebodys_own_stands_in_a_formula_as_excel_wants_it():
    """Who renames a heading may take any character for it."""
    spec = schema().sheets["acquisition"]
    columns = {**spec.columns, "name": replace(spec.columns["name"], label="氏名[漢]#1 'x'")}
    at = Formulas(replace(spec, columns=columns))
    assert at.column("name") == "資格取得届表[氏名'[漢']'#1 ''x'']"
    assert at.cell("name") == "資格取得届表[[#This Row],[氏名'[漢']'#1 ''x'']]"
