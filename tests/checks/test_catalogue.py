"""Every finding code on both sides of its boundary, case by case from ``tests/cases/checks/``."""

import datetime as dt
import re
import sys

import check_cases as data
import pytest
from paths import PRODUCT
from shikaku.checks.catalogue import Finding, catalogue, column_labels, run, table_markdown
from shikaku.checks.limits import timings
from shikaku.live import columns
from shikaku.model.schema import FILINGS, schema

CASES = data.cases()
_found: dict[str, list[Finding]] = {}


def findings(case: data.Case) -> list[Finding]:
    """The findings of a case, worked out once for all tests."""
    if str(case) not in _found:
        _found[str(case)] = case.run()
    return _found[str(case)]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(case):
    """Exactly the expected findings: no more, of any code, and none twice."""
    assert data.found(findings(case)) == case.expected
    codes = {text.split()[0] for text in case.expect}
    assert not codes & set(case.clean)


@pytest.mark.parametrize("code", [check.code for check in catalogue()])
def test_code_has_cases_on_both_sides(code):
    must, must_not = data.counts()[code]
    assert must and must_not


def test_clean_names_codes_that_exist():
    codes = {check.code for check in catalogue()}
    assert not {code for case in CASES for code in case.clean} - codes


def test_sentences_differ():
    sentences = [case.name for case in CASES]
    assert len(sentences) == len(set(sentences))


@pytest.mark.parametrize("check", catalogue(), ids=lambda check: check.code)
def test_declaration(check):
    assert re.fullmatch(r"(ST|RQ|MN|DT|DL|LS|NM|AD|KK|RF|AG)\d\d", check.code)
    assert check.severity in schema().lists["severity"]
    assert check.title and check.hint and check.source and check.run.__doc__
    assert all(check.messages.values())
    assert len(column_labels(check)) == len(set(check.columns))
    for name in check.messages:
        if name.startswith("hint_"):
            assert name.removeprefix("hint_") in check.messages


OF_THE_INSURERS_BOOK = re.compile(r"\{line\}|\{row\}|返納管理|台帳|発行履歴|受付一覧|差異|判定")
"""Sheets that the insurer alone has, and rows of the collected book."""


@pytest.mark.parametrize(
    "check", [c for c in catalogue() if c.severity == "error"], ids=lambda check: check.code
)
def test_an_employer_is_told_in_words_of_the_own_workbook(check):
    """Of the errors that a letter passes on to the employer (``receipt-reply``): those of rows of people."""
    names = {*check.messages, "hint"}
    assert set(check.to_employer) <= names
    if check.code[:2] in ("ST", "KK") and check.code not in ("ST08", "ST09", "ST17"):
        return  # about sheets as a whole, or about the insurer's certificates
    texts = {**check.messages, "hint": check.hint, **check.to_employer}
    assert not [name for name, text in texts.items() if OF_THE_INSURERS_BOOK.search(text)]


ERRORS = """
ST01 ST02 ST03 RQ01 MN01 MN03 MN04 MN05 MN06 MN07 MN08 MN10 DT01 DT02 DT03 DT04 DL02 DL05
LS01 LS02 LS03 NM01 AD01 KK05 RF01 RF03
"""
WARNINGS = "MN02 MN09 MN11 DL01 DL03 DL04 NM02 NM03 AD02 KK01 KK02 KK03 KK04 RF02 AG01"


def test_codes_of_the_contract():
    fixed, warnings = ERRORS.split(), WARNINGS.split()
    found = {check.code: check.severity for check in catalogue()}
    assert {code: found.get(code) for code in fixed} == dict.fromkeys(fixed, "error")
    assert {code: found.get(code) for code in warnings} == dict.fromkeys(warnings, "warning")


def test_a_code_has_one_severity():
    """What a code weighs is fixed; only H31.5.1 (DT02) is a warning under an error's code."""
    own = {check.code: check.severity for check in catalogue()}
    other = {
        (code, severity)
        for case in CASES
        for code, _, _, _, severity, _ in case.expected
        if severity != own[code]
    }
    assert other == {("DT02", "warning")}


def test_every_message_is_shown_by_a_case():
    shown = {(found[0], found[5]) for case in CASES for found in case.expected}
    declared = {
        (check.code, name)
        for check in catalogue()
        for name in check.messages
        if not name.startswith("hint_")
    }
    assert declared <= shown


def test_messages_are_sentences_without_cell_contents():
    """No digit of an individual number, no name and no address: findings travel by mail."""
    for case in CASES:
        people = {row.text("name") for t in case.book().tables.values() for row in t.rows} - {""}
        people = {name for name in people if len(name) > 2}
        for finding in findings(case):
            text = f"{finding.message}{finding.hint}{finding.source}"
            digits = "".join(filter(str.isdecimal, text))
            for number in case.numbers():
                parts = {number[i : i + 4] for i in range(len(number) - 3)} - {"0000"}
                assert not any(part in re.findall(r"\d{4,}", text) for part in parts)
                assert number not in digits
            assert not any(name in text for name in people), case.name
            assert "{" not in text
            assert finding.hint.endswith("。")


def test_findings_are_ordered_by_sheet_row_and_weight():
    sheets = list(schema().sheets)
    weights = list(schema().lists["severity"])
    for case in CASES:
        keys = [(sheets.index(f.sheet), f.row, weights.index(f.severity)) for f in findings(case)]
        assert keys == sorted(keys)


def test_live_columns_say_what_the_checks_say():
    """期限判定 of the sheets' own formulas, by their Python twin, for every filing of every case."""
    words, compared = schema().lists["limit_state"], 0
    for case in CASES:
        context = case.context()
        rows = {(row.sheet, row.number): row for row in context.rows(*FILINGS)}
        for item in context.once(timings):
            row = rows[item.sheet, item.row]
            shown = columns.values(row, context.settings, context.closed, context.as_of)
            if shown["limit_state"] in words.values():  # formulas read no 「R8.4.1」 typed as text
                compared += 1
                assert (shown["limit"], shown["limit_state"]) == (item.limit, words[item.state])
    assert compared > 200


@pytest.mark.parametrize("ordered", [True, False])
def test_a_sorted_column_is_no_series(ordered):
    """In a list sorted by 生年月日, neighbours on successive or equal days are no slip (ST10, ST11)."""
    days = [0, 1, 2, 2, 2] + [10 * i for i in range(2, 27)]
    if not ordered:
        days = days[:5] + [d for pair in zip(days[18:], days[5:18], strict=False) for d in pair]
    rows = [
        {
            "name": f"見本 {chr(0x30AB + i)}子",
            "kana": f"ミホン {chr(0x30AB + i)}",
            "birth": dt.date(1980, 1, 1) + dt.timedelta(day),
            "sex": "女",
            "individual_number": "",
            "no_number_reason": "短期在留",
        }
        for i, day in enumerate(days)
    ]
    found = data.Case("sorted", str(ordered), [], rows={"acquisition": rows}).run()
    assert {f.code for f in found} == (set() if ordered else {"ST10", "ST11"})


def copied(count: int) -> data.Case:
    """One family copied down over all sheets: the worst that can happen to a search."""
    rows = {sheet: [] for sheet in ("members", "acquisition", "dependants", "loss", "ledger")}
    for i in range(count):
        day = dt.date(2024, 1, 1) + dt.timedelta(i % 700)
        who = "ichiro" if i % 2 else "hanako"
        rows["members"].append({"who": who, "acquired": day})
        rows["acquisition"].append({"who": "ichiro", "acquired": day})
        event = {"event": "該当" if i % 2 else "非該当", "collected": "添付"}
        rows["dependants"].append({"who": "hanako", "event_date": day, **event})
        rows["loss"].append({"who": "ichiro", "lost": day})
        rows["ledger"].append({"who": who})
    return data.Case("copied", str(count), [], rows=rows)


def steps(case: data.Case) -> int:
    """How many functions the checks' code calls for a case: the same on every machine."""
    context, count = case.context(), 0

    def one_more(frame, event, argument):
        nonlocal count
        ours = frame.f_code.co_filename.startswith(str(PRODUCT))
        count += ours and event in ("call", "c_call")

    sys.setprofile(one_more)
    try:
        run(context)
    finally:
        sys.setprofile(None)
    return count


def test_work_grows_with_the_rows_and_not_with_their_square():
    catalogue()
    run(copied(50).context())  # what is kept for the next time
    assert steps(copied(350)) < 2 * 7 * steps(copied(50))  # a square would be 49 times as much


def test_table_lists_every_code_once():
    lines = table_markdown().splitlines()[2:]
    assert [line.split(" | ")[0].strip("| ") for line in lines] == [c.code for c in catalogue()]
    assert all(line.count(" | ") == 4 for line in lines)


def test_counts_table_has_a_line_for_every_code_and_a_total():
    lines = data.counts_markdown().splitlines()
    assert len(lines) == len(catalogue()) + 3
    assert lines[-1].startswith("| 計 |")
