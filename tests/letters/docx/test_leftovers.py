"""Comments, tracked changes and links: no letter carries them, and the check says so."""

import pytest
from letterkit import W, p, texts, unzipped
from shikaku.letters.catalogue import KINDS
from shikaku.letters.docx import leftovers
from shikaku.letters.docx.template import Template
from shikaku.letters.docx.template_reading import problems
from word_ribbon import Feature, with_picture

KIND = KINDS["certificate-cover"]
_WHO = 'w:id="7" w:author="田中" w:date="2026-01-01T00:00:00Z"'


def letter(body: str, extra: dict[str, bytes] | None = None) -> dict[str, bytes]:
    """The parts of a letter of the examples."""
    data = Feature("x", body, extra=extra or {}).docx()
    return unzipped(Template(data, KIND).render(KIND.example()))


def said(body: str) -> list[str]:
    """The severities of what the check finds."""
    return [f.severity for f in problems(Feature("x", body).docx(), KIND)]


def run(text: str, tag: str = "t") -> str:
    return f'<w:r><w:{tag} xml:space="preserve">{text}</w:{tag}></w:r>'


CHANGES = {
    "deleted text": (
        f"<w:p>{run('残す')}<w:del {_WHO}>{run('消した', 'delText')}</w:del></w:p>",
        "残す",
    ),
    "inserted text": (f"<w:p>{run('前')}<w:ins {_WHO}>{run('足した')}</w:ins></w:p>", "前足した"),
    "moved text": (
        f"<w:p><w:moveFrom {_WHO}>{run('旧')}</w:moveFrom></w:p>"
        f"<w:p><w:moveTo {_WHO}>{run('新')}</w:moveTo></w:p>",
        "新",
    ),
    "deleted in what was inserted": (
        f"<w:p><w:ins {_WHO}>{run('甲')}<w:del {_WHO}>{run('乙', 'delText')}</w:del></w:ins></w:p>",
        "甲",
    ),
    "a deleted end of a paragraph": (
        f"<w:p><w:pPr><w:rPr><w:del {_WHO}/></w:rPr></w:pPr>{run('前')}</w:p><w:p>{run('後')}</w:p>",
        "前後",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_changes_are_accepted(name: str) -> None:
    body, expected = CHANGES[name]
    data = Template(Feature("x", body).docx(), KIND).render(KIND.example())
    parts = unzipped(data)
    assert texts(data).split("\n", 2)[2].removesuffix("\n本文のおわり").strip() == expected
    assert not any(word in parts["word/document.xml"] for word in (b"<w:del", b"w:ins ", b"w:move"))
    assert b"\xe7\x94\xb0\xe4\xb8\xad" not in parts["word/document.xml"]  # 田中, who changed it


def test_what_was_deleted_is_said() -> None:
    body, _ = CHANGES["deleted text"]
    assert said(body) == ["warning"]
    assert said(p("そのまま")) == []


def test_a_deleted_row_goes() -> None:
    row = f"<w:tr><w:trPr><w:del {_WHO}/></w:trPr><w:tc>{p('消えた行')}</w:tc></w:tr>"
    kept = f"<w:tr><w:tc>{p('残る行')}</w:tc></w:tr>"
    table = f"<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid>{row}{kept}</w:tbl>"
    xml = letter(table)["word/document.xml"].decode()
    assert "残る行" in xml and "消えた行" not in xml


@pytest.mark.parametrize("cells", [1, 2])
def test_a_row_keeps_its_last_cell(cells: int) -> None:
    """A deleted one, too: Word opens no row without cells."""
    gone = f"<w:tc><w:tcPr><w:cellDel {_WHO}/></w:tcPr>{p('消えた')}</w:tc>"
    kept = f"<w:tc>{p('残る')}</w:tc>" * (cells - 1)
    grid = "<w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid>"
    xml = letter(f"<w:tbl>{grid}<w:tr>{gone}{kept}</w:tr></w:tbl>")["word/document.xml"]
    assert xml.count(b"<w:tc>") == 1 and b"cellDel" not in xml


def test_comments_go_with_their_parts() -> None:
    marks = (
        '<w:p><w:commentRangeStart w:id="0"/>' + run("本文の文字") + '<w:commentRangeEnd w:id="0"/>'
        '<w:r><w:commentReference w:id="0"/></w:r></w:p>'
    )
    data = unzipped(Feature("x", marks).docx())
    comments = leftovers.clean(
        {
            **data,
            "word/comments.xml": b"<c/>",
            "[Content_Types].xml": data["[Content_Types].xml"].replace(
                b"</Types>",
                b'<Override PartName="/word/comments.xml" ContentType="application/vnd.openxml'
                b'formats-officedocument.wordprocessingml.comments+xml"/></Types>',
            ),
            "word/_rels/document.xml.rels": data["word/_rels/document.xml.rels"].replace(
                b"</Relationships>",
                b'<Relationship Id="rId8" Type="x/comments" Target="comments.xml"/></Relationships>',
            ),
        }
    )
    assert "word/comments.xml" not in comments.parts
    assert not any(b"comment" in xml for xml in comments.parts.values())
    assert b"<w:r/>" not in comments.parts["word/document.xml"]
    assert [f.severity for f in comments.problems] == ["warning"]


def test_smart_tags_part_no_name_in_two() -> None:
    tagged = (
        "<w:p>" + run("{{ person") + '<w:smartTag w:uri="x" w:element="y">' + run("_name }}")
        + "</w:smartTag></w:p>"
    )  # fmt: skip
    assert KIND.example()["person_name"] in texts(
        Template(Feature("x", tagged).docx(), KIND).render(KIND.example())
    )


def test_links_are_errors_wherever_they_stand() -> None:
    linked = unzipped(with_picture("image1.png", b""))
    rels = linked["word/_rels/document.xml.rels"]
    linked["word/_rels/document.xml.rels"] = rels.replace(
        b'Target="media/image1.png"', b'Target="http://example.invalid/a.png" TargetMode="External"'
    )
    assert [f.severity for f in leftovers.fetched(linked)] == ["error"]
    click = rels.replace(b'Target="media/image1.png"', b'Target="http://a/" TargetMode="External"')
    linked["word/_rels/document.xml.rels"] = click.replace(b'/image"', b'/hyperlink"')
    assert [f.severity for f in leftovers.fetched(linked)] == ["error"]  # of a picture all the same
    link = (
        b'<Relationship Id="rIdClick" Type="x/hyperlink" Target="http://a/" TargetMode="External"/>'
    )
    linked["word/_rels/document.xml.rels"] = rels.replace(
        b"</Relationships>", link + b"</Relationships>"
    )
    assert list(leftovers.fetched(linked)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'Target="media/image1.png"', b'Target="file:///etc/passwd"'),
        (b'Target="media/image1.png"', b'Target="\\\\server\\a.png"'),
        (b'Target="media/image1.png"', b'Target="http://a/b.png" TargetMode=" external "'),
        (b'Target="media/image1.png"', b'Target="b.png" TargetMode="EXTERNAL"'),
        (b'/image" Target="media/image1.png"', b'/aFChunk" Target="page.html"'),
    ],
    ids=["an address", "a server", "a mode", "a mode alone", "a web page in the text"],
)
def test_what_leads_outside_under_another_name(old: bytes, new: bytes) -> None:
    parts = unzipped(with_picture("image1.png", b""))
    rels = parts["word/_rels/document.xml.rels"]
    parts["word/_rels/document.xml.rels"] = rels.replace(old, new)
    assert parts["word/_rels/document.xml.rels"] != rels
    assert [f.severity for f in leftovers.fetched(parts)] == ["error"]


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        ('<image xlink:href="http://a/b.png"/>', 1),
        ("<style>@import url(http://a/b.css);</style>", 1),
        ('<rect fill="url(http://a/b#c)"/>', 1),
        (
            '<use xlink:href="#a"/><rect fill="url(#b)"/><image href="data:image/png;base64,AA=="/>',
            0,
        ),
    ],
)
def test_a_picture_that_fetches_another(inside: str, found: int) -> None:
    parts = unzipped(Feature("x", p("あ")).docx())
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    parts["word/media/image1.svg"] = f"<svg {spaces}>{inside}</svg>".encode()
    assert [f.severity for f in leftovers.fetched(parts)] == ["error"] * found


def test_a_picture_by_its_address_in_a_part_of_another_kind() -> None:
    parts = unzipped(Feature("x", p("あ")).docx())
    bullet = '<v:imagedata xmlns:v="urn:schemas-microsoft-com:vml" src="http://a/b.png"/>'
    parts["word/numbering.xml"] = f"<w:numbering {W}>{bullet}</w:numbering>".encode()
    assert [f.severity for f in leftovers.fetched(parts)] == ["error"]


def test_vml_pictures_with_an_address_are_errors() -> None:
    body = (
        '<w:p><w:r><w:pict xmlns:v="urn:schemas-microsoft-com:vml"><v:shape><v:imagedata '
        'src="file:///etc/passwd"/></v:shape></w:pict></w:r></w:p>'
    )
    assert "error" in said(body)


def with_settings(inside: str, relations: str) -> dict[str, bytes]:
    """A template with settings and their relationships."""
    parts = unzipped(Feature("x", p("あ")).docx())
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"
    override = f'<Override PartName="/word/settings.xml" ContentType="{kind}"/></Types>'
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        b"</Types>", override.encode()
    )
    parts["word/settings.xml"] = f"<w:settings {W}>{inside}</w:settings>".encode()
    parts["word/_rels/settings.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f"{relations}</Relationships>"
    ).encode()
    return parts


def test_the_list_of_a_mail_merge_and_the_attached_template_go() -> None:
    relation = '<Relationship Id="{0}" Type="x/{1}" Target="file:///C:/a" TargetMode="External"/>'
    parts = with_settings(
        '<w:attachedTemplate r:id="r1"/><w:mailMerge><w:dataSource r:id="r2"/></w:mailMerge>',
        relation.format("r1", "attachedTemplate") + relation.format("r2", "mailMergeSource"),
    )
    done = leftovers.clean(parts)
    assert [f.severity for f in done.problems] == ["warning"]
    assert b"C:/a" not in b"".join(done.parts.values())
    assert b"mailMerge" not in done.parts["word/settings.xml"]
    assert list(leftovers.fetched(done.parts)) == []
