"""XML as bytes: the plain form, what is refused, attributes set in their place, texts in and out."""

import pytest
from shikaku.ooxml import plain_form, xml_bytes


def test_plain_xml_is_not_touched():
    data = b'<?xml version="1.0" encoding="UTF-8"?>\r\n<a x="1" y="2"><b/>t = \'u\' ]] <c>&#10;</c></a>'
    assert plain_form.checked(data) is data


@pytest.mark.parametrize(
    ("odd", "plain"),
    [
        (b"<a x='1&quot;'/>", b'<a x="1&quot;"/>'),
        (b'<a x = "1>2"/>', b'<a x="1&gt;2"/>'),
        (b"<a><!-- <b> --><?p q?>x<![CDATA[<&]]></a >", b"<a>x&lt;&amp;</a>"),
        (b'<a x="1&#10;2"><!---->&#13;</a>', b'<a x="1&#10;2">&#13;</a>'),
        (
            '<?xml version="1.0" encoding="Shift_JIS"?><a>架空</a>'.encode("cp932"),
            "<a>架空</a>".encode(),
        ),
        (
            '<?xml version="1.0" encoding="utf-16"?><a>架空</a>'.encode("utf-16"),
            "<a>架空</a>".encode(),
        ),
    ],
    ids=range(6),
)
def test_odd_xml_is_written_in_plain_form_with_the_same_meaning(odd, plain):
    data = plain_form.checked(odd)
    assert data[data.index(b"?>") + 2 :].strip() == plain
    assert plain_form.checked(data) is data


def test_a_namespace_that_rows_declare_for_themselves_stays_declared():
    rows = b"".join(
        b'<row r="%d" xmlns:a="urn:a" a:x="%d"><c r="A%d"><v>1</v></c></row>' % (n, n, n)
        for n in (1, 2)
    )
    sheet = b'<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (
        xml_bytes.MAIN[0],
        rows,
    )
    data = plain_form.checked(sheet.replace(b'"', b"'"))
    assert data.endswith(sheet)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<a>",
        b"<a></b>",
        b"<a/><a/>",
        b"<a>&x;</a>",
        b"<a>\x01</a>",
        b"<a x='<'/>",
        b"<a>\xff</a>",
    ],
    ids=range(8),
)
def test_what_is_no_xml_is_refused(data):
    with pytest.raises(xml_bytes.BadMarkup):
        plain_form.checked(data)


def test_an_attribute_is_set_in_its_place_added_or_removed():
    tag = b'<c r="A1" s="2" xs="9"/>'
    assert xml_bytes.set_attribute(tag, b"s", b"5") == b'<c r="A1" s="5" xs="9"/>'
    assert xml_bytes.set_attribute(tag, b"t", b"b") == b'<c r="A1" s="2" xs="9" t="b"/>'
    assert xml_bytes.set_attribute(b"<c>", b"t", b"b") == b'<c t="b">'
    assert xml_bytes.set_attribute(tag, b"s", None) == b'<c r="A1" xs="9"/>'
    assert xml_bytes.set_attribute(tag, b"q", None) == tag
    assert xml_bytes.set_attribute(tag, b"s", rb"\1") == rb'<c r="A1" s="\1" xs="9"/>'


def test_text_goes_in_and_comes_out():
    for text in ("a&b<c>\"d'", "𠮷髙\n\t", "\r"):
        assert xml_bytes.plain(xml_bytes.escape(text)) == text
        assert xml_bytes.plain(xml_bytes.quote(text)) == text
    assert xml_bytes.escape("a\x00\ud800b") == b"ab"
    assert xml_bytes.plain(b"&#x9AD9;&#65;&unknown;") == "髙A&unknown;"
