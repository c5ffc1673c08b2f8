"""What a program does grows with the rows, not with their square: thousands of rows of one person, family
or 記号・番号. ``tests/bench/growth.py`` has seconds for it."""

import books
import crowded_rows as data
import pytest
from shikaku.checks.catalogue import run as run_checks
from shikaku.checks.context import Context
from shikaku.decisions.everybody import decide_all
from shikaku.desk import taking_in
from shikaku.model.schema import schema
from shikaku.model.settings import Settings
from shikaku.model.tables import Book
from shikaku.returns.ledger import update
from work import steps

FEW, MANY = 24, 96
CROWDED = 96, 288
"""Where so many are looked at before the rest is left out."""
SETTINGS = Settings(employer_symbol="101", family_reissue="yes")
SHAPES = {
    "namesakes without 番号": data.namesakes,
    "one family, its insured leaves": data.family_leaves,
    "one household leaves": data.members_leave,
    "one household's cards and losses": data.lost_certificates,
    "再交付 of one person": data.reissues,
    "one family, half of it ordered": data.family_reissues,
    "one household, half of one name": data.half_nameless,
    "namesakes of different days": data.namesakes_with_cards,
    "cards and losses of one person": data.losses_of_one,
    "comings and goings of one person": data.comings_and_goings,
    "a long 発行履歴": data.long_history,
}


def book(rows: data.Rows) -> Book:
    """The rows in memory, of each sheet its own columns."""
    columns = {key: schema().sheets[key].columns for key in rows}
    return books.book(
        {
            sheet: [{k: v for k, v in row.items() if k in columns[sheet]} for row in each]
            for sheet, each in rows.items()
        }
    )


def check(made: Book) -> None:
    run_checks(Context(made, SETTINGS, data.DAY, books.closed_days()))


def decide(made: Book) -> None:
    decide_all(made, SETTINGS, data.DAY, books.closed_days())


def returns(made: Book) -> None:
    update(made, SETTINGS, data.DAY, books.closed_days())


def enroll(made: Book) -> None:
    taking_in.plan(made, {})


WORK = (check, decide, returns, enroll)


GROWN = [
    pytest.param(shape, work, id=f"{work.__name__}, {shape}") for shape in SHAPES for work in WORK
]


@pytest.mark.parametrize(("shape", "work"), GROWN)
def test_work_grows_with_the_rows_and_not_with_their_square(shape, work):
    sizes = CROWDED if "name" in shape else (FEW, MANY)
    few, many = (book(SHAPES[shape]("", count)) for count in sizes)
    work(book(SHAPES[shape]("", FEW)))  # what is kept for the next time
    assert steps(lambda: work(many)) < 1.5 * sizes[1] / sizes[0] * steps(lambda: work(few))
