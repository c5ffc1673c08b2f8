"""The sheet 設定 as typed values, case by case, and where a refused one is named."""

import pytest
from case_files import by_name, cases
from shikaku.model import settings
from shikaku.model.schema import schema
from shikaku.model.tables import ERROR, NUMBER, TEXT, Book, Cell
from shikaku.system.errors import BookError

CASES = cases("model/settings")


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_what_people_write(case):
    typed = case["typed"]
    book = Book("届出.xlsx", setting_rows={case["key"]: 11})
    book.settings[case["key"]] = Cell(typed, TEXT if isinstance(typed, str) else NUMBER)
    if "gives" in case:
        assert getattr(settings.read(book), case["key"]) == case["gives"]
        return
    with pytest.raises(BookError) as refused:
        settings.read(book)
    assert "11行目" in str(refused.value) and schema().settings[case["key"]].label in str(
        refused.value
    )


def test_a_word_accepted_beside_the_list_stands_for_one_in_it():
    for item in schema().settings.values():
        for word, key in item.also.items():
            assert key in schema().lists[item.list] and schema().key_of(item.list, word) is None


def test_an_error_in_a_cell_is_refused_where_it_stands():
    book = Book("届出.xlsx", setting_rows={"renewal_days": 11})
    book.settings["renewal_days"] = Cell("#N/A", ERROR)
    with pytest.raises(BookError) as refused:
        settings.read(book)
    assert "11行目" in str(refused.value)


def test_a_refusal_names_no_row_where_the_file_has_none():
    with pytest.raises(BookError) as refused:
        settings.read(Book("届出.xlsx", settings={"renewal_days": Cell("#N/A", ERROR)}))
    assert "行目" not in str(refused.value)
