"""What a PDF shows: content that was seen before is read with the fonts that the file has now."""

import pikepdf
import pytest
from shikaku.letters.pdf.inspect import look

CMAP = b"1 beginbfchar\n<%04X><%s>\nendbfchar\n"


def pdf(content: bytes, char: str, code: int = 1) -> pikepdf.Pdf:
    """A page with this content, in a font F0 whose only code is that character."""
    made = pikepdf.new()
    page = made.add_blank_page()
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type0, BaseFont=pikepdf.Name("/ABCDEF+F"),
        Encoding=pikepdf.Name("/Identity-H"),
        DescendantFonts=pikepdf.Array([pikepdf.Dictionary(FontDescriptor=pikepdf.Dictionary())]),
        ToUnicode=made.make_stream(CMAP % (code, char.encode("utf-16-be").hex().encode())),
    )  # fmt: skip
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F0=made.make_indirect(font)))
    page.Contents = made.make_stream(content)
    return made


@pytest.mark.parametrize(
    ("content", "count"),
    [
        (b"BT\n/F0 9 Tf\n<0001>Tj\nET\nBT\n<00010001>Tj\nET\n", 3),
        (b"BT\n/F0 9 Tf\n[<00>5<01>]TJ\nET\n", 1),
        (b"BT\n/F0 9 Tf\n(\\000\\001\nET\n) Tj\nET\n", 1),
        (b"/P<</ActualText<0001>>>BDC\nBT\n/F0 9 Tf\n<0001>Tj\nET\nEMC\n", 1),
    ],
    ids=["objects", "a code in two strings", "an operator in a string", "words instead of text"],
)
def test_the_same_content_in_another_font_says_something_else(content, count):
    for char in "山川山":
        seen = look(pdf(content, char))
        assert seen.pages[0].startswith(char * count)
        assert seen.pages[0].count(char) == count
        assert seen.fonts == {"F"}


def test_a_code_without_a_character_is_nothing_and_notdef_a_box():
    seen = look(pdf(b"BT\n/F0 9 Tf\n<000000020001>Tj\nET\n", "山"))
    assert (seen.pages, seen.blanks) == (["山"], 1)


def test_fonts_alike_stay_two_fonts():
    """LibreOffice's substitutes are told from the main font by it."""
    one = pdf(b"BT\n/F0 9 Tf\n<0001>Tj\n/F1 9 Tf\n<0001>Tj\nET\n", "山")
    fonts = one.pages[0].Resources.Font
    fonts.F1 = one.make_indirect(pikepdf.Dictionary(fonts.F0))
    numbers = [number for number, _ in look(one).drawn]
    assert len(set(numbers)) == 2
