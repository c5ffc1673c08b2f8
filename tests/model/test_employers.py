"""The sheet 事業所: which employer a row is about, and what letters call him."""

import books
import pytest
from case_files import by_name, cases
from shikaku.model import employers, people

LINE = {
    "symbol": "101",
    "name": "株式会社みほん",
    "former": "旧みほん、見本商会",
    "postal_code": "1000001",
    "address": "東京都千代田区見本町1",
    "contact": "人事課",
    "phone": "03-0000-0000",
    "send_to": "大阪府大阪市北区見本町2",
}


@pytest.mark.parametrize("case", cases("model/employers"), ids=by_name)
def test_for_letters(case):
    known = employers.read(books.book(employers=case["lines"]))
    assert known.for_letters(case["named"], case["symbol"]) == case["letters"]
    if "called" in case:
        assert known.called(case["letters"]) is known.of_symbol(case["called"])


def test_a_line_is_read_whole():
    known = employers.read(books.book(employers=[LINE, {"name": "記号のない事業所"}]))
    (line,) = known.lines
    assert known and line.symbols == {"101"}
    assert {key: getattr(line, key) for key in LINE if key not in ("symbol", "former")} == {
        key: value for key, value in LINE.items() if key not in ("symbol", "former")
    }
    for name in ("㈱みほん", "旧みほん", "見本商会"):
        assert known.named(name) is line
    assert known.named("") is known.named("見本工業") is None
    assert not employers.read(books.book())


def test_a_former_name_is_not_what_letters_call():
    known = employers.read(books.book(employers=[LINE]))
    assert known.called("旧みほん") is known.called("") is None
    assert known.called("株式会社みほん") is known.lines[0]


def test_whom_no_file_has_brought_has_the_employer_of_the_sheet():
    rows = [{"symbol": "101", "name": "見本　一郎"}, {"symbol": "102", "name": "見本　二郎"}]
    book = books.book(employers=[LINE], members=rows)
    book.tables["members"].rows[1].cells["employer"] = books.cell("見本工業")
    assert [one.employer for one in people.people(book)] == ["株式会社みほん", "見本工業"]
    assert [one.name for one in people.people(book)] == ["見本　一郎", "見本　二郎"]
