"""``collect``: which employer a file is of, and who gets which people back."""

import datetime as dt

import pytest
from desk_books import (
    DAY,
    book,
    clean,
    put,
    read,
)
from shikaku.jobs import collect
from shikaku.jobs.case import Case
from shikaku.letters.contexts import due
from shikaku.model.employers import fold_symbol
from shikaku.returns.ledger import update
from shikaku.workbook.closed_file import ClosedBook


def test_replies_by_employer(inbox, tmp_path):
    """The letters of the collected workbook are grouped by the employers' names."""
    for index, name in enumerate(("甲社", "乙社")):
        rows = clean(2, seed=index + 1)
        del rows[0]["individual_number"]
        rows[1]["filed"] = dt.date(2026, 4, 14)
        sheets = {"acquisition": rows, "loss": [clean(1, seed=index + 5)[0] | {"filed": ""}]}
        put(inbox / f"{index}.xlsx", book(name, str(index + 1), **sheets))
    out = tmp_path / "BOOK.xlsx"
    collect.collect(inbox, out, as_of=DAY)
    case = Case.load(ClosedBook(out), DAY)
    plan = update(case.book, case.settings, case.as_of, case.closed)
    source = due.LetterSource(
        case.book, case.settings, case.as_of, case.closed, case.decisions, case.findings, plan, ()
    )
    for kind in ("mynumber-request", "late-filing"):
        letters = due.letters_for(kind, source, "employer")
        assert sorted(letter.group for letter in letters) == ["乙社", "甲社"], kind
        if kind == "mynumber-request":  # the employer is told the row of the workbook that it has
            places = {row["place"] for letter in letters for row in letter.context["rows"]}
            assert places == {"資格取得届 2行目"}


def test_nobody_gets_the_people_of_a_namesake(inbox, tmp_path):
    """Letters go out by the employer's name: two of one name, or of none, are kept apart."""
    for index, (name, symbol) in enumerate(
        [("同名商事", "1"), ("同名商事", "２"), ("", "3"), ("", "4"), ("", ""), ("同名商事", "1")],
        1,
    ):
        people = [row | {"individual_number": "", "symbol": symbol} for row in clean(1, seed=index)]
        put(inbox / f"{index}.xlsx", book(name, symbol, acquisition=people), hour=index)
    out = tmp_path / "BOOK.xlsx"
    collect.collect(inbox, out, as_of=DAY)
    names = [row.text("employer") for row in read(out).rows("acquisition")]
    assert names[0] == names[5] == "同名商事" and len(set(names)) == 5
    assert "2" in names[1] and "R00005" in names[4]
    put(inbox / "7.xlsx", book("同名商事", "2", acquisition=clean(1, seed=7)), hour=7)
    collect.collect(inbox, out, as_of=DAY)
    assert [row.text("employer") for row in read(out).rows("acquisition")][-1] == names[1]


@pytest.mark.parametrize(
    ("symbols", "more", "symbol"),
    [
        (("２0", "20"), {}, "20"),
        (("20", "21"), {}, ""),
        (("", ""), {}, ""),
        (("20", "21"), {"kind": "任意継続被保険者"}, "20"),
        (("20", "20"), {"employer": "甲社"}, ""),
    ],
    ids=["all rows agree", "two", "none", "another of 任意継続", "the file has a name"],
)
def test_a_file_that_names_no_employer_is_of_the_symbol_of_its_rows(
    inbox, tmp_path, symbols, more, symbol
):
    people = [row | {"symbol": s} for row, s in zip(clean(2), symbols, strict=True)]
    people[1] |= {"kind": more.get("kind", people[1].get("kind", ""))}
    put(inbox / "a.xlsx", book(more.get("employer", ""), "", acquisition=people))
    result = collect.collect(inbox, tmp_path / "BOOK.xlsx", as_of=DAY)
    assert fold_symbol(result.receipts[0].symbol) == symbol
    rows = list(read(tmp_path / "BOOK.xlsx").rows("acquisition"))
    assert {fold_symbol(row.text("employer_symbol")) for row in rows} == {symbol}


def test_an_employer_of_several_symbols_has_one_line(inbox, tmp_path):
    """設定's 事業所記号 may hold several; they are one employer in the next file, too."""
    out = tmp_path / "BOOK.xlsx"
    put(inbox / "1.xlsx", book("甲社", "1201、1202", members=clean(1)), hour=8)
    put(inbox / "2.xlsx", book("甲社", "1201,1202", members=clean(1, seed=2)), hour=9)
    first = collect.collect(inbox, out, as_of=DAY)
    put(inbox / "3.xlsx", book("甲社", "1202", members=clean(1, seed=3)), hour=10)
    second = collect.collect(inbox, out, as_of=DAY)
    notes = [note for r in (*first.receipts, *second.receipts) for note in r.notes]
    assert not [note for note in notes if "事業所" in note]
    assert [row.text("symbol") for row in read(out).rows("employers")] == ["1201,1202"]
    assert {row.text("employer") for row in read(out).rows("members")} == {"甲社"}
    put(inbox / "4.xlsx", book("甲社", "1202、1203", members=clean(1, seed=4)), hour=11)
    (note,) = [
        n for r in collect.collect(inbox, out, as_of=DAY).receipts for n in r.notes if "記号" in n
    ]
    assert "記号1203はシート「事業所」の「甲社」にありません" in note
