"""Paper: what is printed above and below every sheet."""

import io

import openpyxl
import pytest
from shikaku.model.schema import schema
from shikaku.template import builder
from shikaku.template.builder import Content

pytestmark = pytest.mark.filterwarnings("ignore:Print area:UserWarning")


@pytest.fixture(scope="module")
def book():
    return openpyxl.load_workbook(io.BytesIO(builder.render(Content(), prepared=1)))


@pytest.mark.parametrize("key", list(schema().sheets))
def test_each_page_says_what_it_is(book, key):
    """Its sheet, its file, which page of how many, the day; a wide sheet is printed small, these aren't."""
    sheet = book[schema().sheets[key].name]
    assert sheet.page_setup.paperSize == 9 and sheet.page_setup.orientation == "landscape"
    assert sheet.oddHeader.left.text == (None if key == "cover" else schema().sheets[key].name)
    footer = sheet.oddFooter
    assert footer.left.text == "&F" and footer.center.text == "&P / &N ページ"
    assert footer.right.text == "印刷日 &D"
    assert sheet.HeaderFooter.scaleWithDoc is False
    assert {sheet.page_margins.left, sheet.page_margins.right} == {0.25}
