"""コード表: its lists, and what the numbers under 根拠 mean, are on its paper as a whole."""

import io

import openpyxl
import pytest
from openpyxl.utils import range_boundaries
from shikaku.live import columns
from shikaku.model.schema import schema
from shikaku.template import builder, code_lists
from shikaku.template.builder import Content
from shikaku.template.live_formulas import PENDING_WORDS

pytestmark = pytest.mark.filterwarnings("ignore:Print area:UserWarning")


@pytest.fixture(scope="module")
def book():
    return openpyxl.load_workbook(io.BytesIO(builder.render(Content(), prepared=1)))


@pytest.fixture(scope="module")
def sheet(book):
    return book[schema().sheets["codes"].name]


def areas(book) -> dict[str, tuple[int, int, int, int]]:
    """Name of a list → first column, first row, last column, last row."""
    names = (*code_lists.names().values(), PENDING_WORDS)
    texts = {name: book.defined_names[name].attr_text for name in names}
    return {
        name: range_boundaries(text.split("!")[1].replace("$", "")) for name, text in texts.items()
    }


def test_a_list_stands_below_its_title_and_apart_from_the_others(book, sheet):
    taken = set()
    for key, name in code_lists.names().items():
        column, first, last_column, last = areas(book)[name]
        assert column == last_column
        assert sheet.cell(first - 1, column).value == code_lists.titles()[key]
        assert sheet.cell(last + 1, column).value is None
        places = {(row, column) for row in range(first - 1, last + 1)}
        assert not places & taken
        taken |= places


def test_the_words_for_a_number_to_come_stand_beside_the_paper(book, sheet):
    column, first, _, last = areas(book)[PENDING_WORDS]
    words = [sheet.cell(row, column).value for row in range(first, last + 1)]
    assert words == list(columns.pending_words())
    assert column > range_boundaries(sheet.print_area.split("!")[1].replace("$", ""))[2]


def test_every_number_under_根拠_is_explained_once_and_whole(book, sheet):
    meanings = {}
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value in code_lists.rules():
                meanings[cell.value] = sheet.cell(cell.row, cell.column + 1)
    assert {key: cell.value for key, cell in meanings.items()} == code_lists.rules()
    spans = {area.coord.partition(":")[0]: area for area in sheet.merged_cells.ranges}
    for cell in meanings.values():
        letters = [c for c in range(cell.column, spans[cell.coordinate].max_col + 1)]
        room = len(letters) * sheet.column_dimensions["A"].width
        lines = -(-2 * len(cell.value) // int(room - 2))
        assert (sheet.row_dimensions[cell.row].height or 15) >= 11 * lines, cell.value


def test_paper_holds_all_of_it(book, sheet):
    _, _, right, bottom = range_boundaries(sheet.print_area.split("!")[1].replace("$", ""))
    last = max(cell.row for row in sheet.iter_rows(max_col=right) for cell in row if cell.value)
    assert bottom == last
    assert all(right >= area[2] for name, area in areas(book).items() if name != PENDING_WORDS)
    assert sheet.page_setup.fitToHeight == 0 and sheet.sheet_properties.pageSetUpPr.fitToPage
