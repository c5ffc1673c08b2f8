"""``templates check``: what is wrong in a folder, and what the embedded PDF engine would lose."""

import letterkit
import pytest
from letterkit import docx, p, table
from shikaku.letters.docx import package
from shikaku.letters.pdf.rdocx.unsupported import lint
from shikaku.letters.template_check import check, check_file, find, require_kinds
from shikaku.system.errors import TemplateError

WPS = (
    '<w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
    '<mc:Choice Requires="wps"><w:drawing><wps:wsp xmlns:wps='
    '"http://schemas.microsoft.com/office/word/2010/wordprocessingShape"/></w:drawing></mc:Choice>'
    "<mc:Fallback><w:pict/></mc:Fallback></mc:AlternateContent></w:r>"
)
NUMBERING = (
    '<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
    '<w:numFmt w:val="{}"/><w:lvlText w:val="%1."/></w:lvl></w:abstractNum>'
    '<w:num w:numId="5"><w:abstractNumId w:val="1"/></w:num>'
)
TBRL = '<w:textDirection w:val="tbRl"/>'
NUMBERED = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="5"/></w:numPr>'


def warnings(body: str, **parts) -> list[str]:
    return [x.message for x in lint(package.read(docx(body, **parts), "x"))]


def test_a_plain_letter_has_no_warning():
    assert lint(package.read(letterkit.letter_template(), "x")) == []


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("<w:p><w:r><w:pict/></w:r></w:p>", "テキストボックス"),
        (f"<w:p>{WPS}</w:p>", "図形"),
        (p("x", '<w:framePr w:w="10"/>'), "枠"),
        ("<w:p><w:r><w:ruby><w:rt/><w:rubyBase/></w:ruby></w:r></w:p>", "ルビ"),
        (p("x", rpr='<w:fitText w:val="10"/>'), "均等割り付け"),
        (p("x", '<w:jc w:val="distribute"/>'), "均等割り付け"),
        (table([["x", "y"]]).replace("<w:tcPr>", f"<w:tcPr>{TBRL}", 1), "縦書き"),
        (
            p("x", "<w:sectPr/>")
            + p("y", '<w:sectPr><w:type w:val="continuous"/><w:cols w:num="2"/></w:sectPr>')
            + p("z"),
            "セクション",
        ),
        ("<w:p><w:r><w:footnoteReference w:id='2'/></w:r></w:p>", "脚注"),
    ],
)
def test_what_the_embedded_engine_loses_is_reported_once(body, word):
    found = warnings(body)
    assert len(found) == 1
    assert word in found[0]


@pytest.mark.parametrize("form", ["cardinalText", "hebrew1", "thaiCounting"])
def test_list_labels_that_would_be_dropped(form):
    assert warnings(p("x", NUMBERED), numbering=NUMBERING.format(form))
    assert not warnings(p("x"), numbering=NUMBERING.format(form))


def test_list_labels_that_are_right():
    assert not warnings(p("x", NUMBERED), numbering=NUMBERING.format("decimal"))


def test_the_warning_names_the_paragraph():
    found = lint(package.read(docx(p("前") + p("均等な段落", '<w:jc w:val="distribute"/>')), "x"))
    assert [x.paragraph for x in found] == ["均等な段落"]


def test_a_folder(tmp_path):
    (tmp_path / "notice.docx").write_bytes(letterkit.letter_template())
    (tmp_path / "notise.docx").write_bytes(letterkit.letter_template())
    (tmp_path / "~$notice.docx").write_bytes(b"lock file of Word")
    good, stranger = check(tmp_path, letterkit.KINDS)
    assert (good.kind, good.ok, good.problems) == ("notice", True, ())
    assert (stranger.kind, stranger.ok) == ("", False)
    assert "notice" in stranger.problems[0].hint


def test_a_folder_without_templates(tmp_path):
    with pytest.raises(TemplateError):
        check(tmp_path, letterkit.KINDS)
    with pytest.raises(TemplateError):
        check(tmp_path / "absent", letterkit.KINDS)


def test_a_file_that_is_none_is_an_error_not_a_crash(tmp_path):
    path = tmp_path / "notice.docx"
    path.write_bytes(b"")
    assert not check_file(path, letterkit.KIND).ok


def test_the_trial_letter_finds_what_reading_cannot(tmp_path):
    path = tmp_path / "notice.docx"
    # The end of the condition stands outside the row that its beginning swallowed.
    path.write_bytes(docx(table([["{%tr if name %}", ""], ["x", "y"]]) + p("{% endif %}")))
    checked = check_file(path, letterkit.KIND)
    assert not checked.ok
    assert checked.lines()[0].startswith("×")


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        ([["{% for x in items %}{{ x.name }}", "{{ x.text }}{% endfor %}"]], "{%tr for"),
        (
            [["{%tr for x in items %}", "項目"], ["{{ x.name }}", ""], ["{%tr endfor %}", ""]],
            "項目",
        ),
        ([["{%tr for x in items %}", "{{ x.name }}"], ["", ""], ["{%tr endfor %}", ""]], "行の"),
    ],
    ids=["over cells", "text beside the loop", "field beside the loop"],
)
def test_a_loop_over_a_tables_rows_that_loses_or_adds_cells(tmp_path, rows, word):
    path = tmp_path / "notice.docx"
    path.write_bytes(docx(table(rows), title="t"))
    checked = check_file(path, letterkit.KIND)
    assert not checked.ok
    assert any(word in line for line in checked.lines())


def test_a_loop_over_a_tables_rows_as_it_should_be(tmp_path):
    path = tmp_path / "notice.docx"
    rows = [
        ["{%tr for x in items %}", ""],
        ["{{ x.name }}", "{{ x.text }}"],
        ["{%tr endfor %}", ""],
    ]
    path.write_bytes(docx(table(rows), title="t"))
    assert check_file(path, letterkit.KIND).ok


def test_the_users_folder_comes_first_kind_by_kind(tmp_path):
    for folder in ("own", "ours"):
        (tmp_path / folder).mkdir()
    (tmp_path / "own" / "notice.docx").touch()
    (tmp_path / "ours" / "notice.docx").touch()
    (tmp_path / "ours" / "certificate.docx").touch()
    folders = [tmp_path / "own", tmp_path / "ours"]
    assert find("notice", folders).parent.name == "own"
    assert find("certificate", folders).parent.name == "ours"
    with pytest.raises(TemplateError):
        find("absent", folders)


@pytest.mark.parametrize(
    ("names", "passed_over"),
    [
        (["notice"], False),
        (["notice", "notice - コピー", "メモ"], False),
        (["notise"], True),
        (["notice", "certificat"], True),
        (["お知らせ"], True),
        ([], True),
    ],
)
def test_a_users_folder_is_never_passed_over_in_silence(tmp_path, names, passed_over):
    for name in names:
        (tmp_path / f"{name}.docx").touch()
    kinds = ["notice", "certificate"]
    if not passed_over:
        require_kinds(tmp_path, kinds)
        return
    with pytest.raises(TemplateError):
        require_kinds(tmp_path, kinds)


def test_a_users_folder_that_is_not_there(tmp_path):
    with pytest.raises(TemplateError):
        require_kinds(tmp_path / "absent", ["notice"])
