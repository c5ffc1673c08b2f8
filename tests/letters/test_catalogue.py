"""発行履歴 names the kinds of letters in Japanese, and old rows with the keys themselves still count."""

from shikaku.letters.catalogue import KINDS
from shikaku.model.schema import schema
from shikaku.model.tables import TEXT, Cell, Row
from shikaku.workbook.session import cell_value


def test_every_kind_has_a_name_of_its_own():
    names = schema().lists["letter_kind"]
    assert set(KINDS) <= set(names)
    assert len(set(names.values())) == len(names)
    assert all(not value.isascii() for value in names.values())


def test_a_kind_is_written_in_japanese_and_read_back():
    for kind, name in schema().lists["letter_kind"].items():
        assert cell_value("history", "letter", kind) == name
        for text in (name, kind):
            assert Row("history", 2, {"letter": Cell(text, TEXT)}).word("letter") == kind
