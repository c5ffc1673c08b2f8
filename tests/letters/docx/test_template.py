"""Filling templates: docxtpl's syntax, nothing lost, nothing injected, faults told with place."""

import io
import os
import pickle
import re
import zipfile

import docx as python_docx
import letterkit
import pytest
from docxtpl import DocxTemplate
from hypothesis import given, settings
from hypothesis import strategies as st
from letterkit import docx, p, table, texts, unzipped, zipped
from lxml import etree
from shikaku.letters.docx import package
from shikaku.letters.docx import template as template_module
from shikaku.letters.docx.fields import Field, Kind
from shikaku.letters.docx.template import Template
from shikaku.letters.docx.template_reading import problems
from shikaku.letters.docx.values import clean
from shikaku.system.errors import TemplateError
from shikaku.system.masking import masked

KIND = letterkit.KIND
TEMPLATE = Template(letterkit.letter_template(), KIND)


def one(text: str, **values) -> str:
    """A one-paragraph template filled; the text that came out."""
    return texts(Template(docx(p(text), title="t"), KIND).render(values))


def fault(body: str, kind: Kind = KIND, **parts) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        Template(docx(body, **parts), kind, "わが社.docx")
    return caught.value


class TestFilling:
    def test_values_conditions_and_rows_are_where_the_template_says(self):
        letter = TEMPLATE.render(letterkit.context(5))
        text = texts(letter)
        assert text.startswith(letterkit.context(5)["name"] + " 様\n資格情報のお知らせ")
        assert "一部負担金の割合: 3割" in text
        assert "一部負担金" not in texts(TEMPLATE.render(letterkit.context(6)))
        rows = python_docx.Document(io.BytesIO(letter)).tables[1].rows
        assert [[c.text for c in r.cells] for r in rows] == [
            ["項目", "内容"],
            ["交付", "令和8年4月15日"],
            ["区分", "被保険者"],
        ]

    def test_footer_and_core_properties_are_filled_too(self):
        document = python_docx.Document(io.BytesIO(TEMPLATE.render(letterkit.context(1))))
        assert document.sections[0].footer.paragraphs[0].text == "ひかり産業健康保険組合"
        assert document.core_properties.title == letterkit.context(1)["title"]

    @pytest.mark.parametrize("number", range(3))
    def test_the_body_is_what_docxtpl_would_have_made(self, number):
        context = letterkit.context(number)
        theirs = DocxTemplate(io.BytesIO(letterkit.letter_template()))
        theirs.render(context, autoescape=True)
        out = io.BytesIO()
        theirs.save(out)

        def paragraphs(data):
            root = etree.fromstring(unzipped(data)["word/document.xml"])
            return ["".join(e.itertext()) for e in root.iter(package.w("p"))]

        assert paragraphs(TEMPLATE.render(context)) == paragraphs(out.getvalue())

    def test_a_template_split_over_runs_is_understood(self):
        body = (
            "<w:p><w:r><w:t>氏名 {</w:t></w:r><w:proofErr w:type='spellStart'/>"
            "<w:r><w:rPr><w:b/></w:rPr><w:t>{ na</w:t></w:r><w:r><w:t>me }}</w:t></w:r></w:p>"
        )
        assert texts(Template(docx(body, title="t"), KIND).render({"name": "見本"})) == "氏名 見本"

    @pytest.mark.parametrize(
        "value",
        [
            "A & B",
            "<w:p/>",
            "\"引用\" 'と'",
            "{{ name }}",
            "{% endif %}",
            "𠮷野家",
            "葛󠄀城",
            "🍣",
            "髙﨑",
            "&amp;",
        ],
    )
    def test_any_text_survives_as_it_is(self, value):
        assert one("[{{ name }}]", name=value) == f"[{value}]"

    @settings(max_examples=150)
    @given(st.text(max_size=40))
    def test_any_unicode_survives_but_what_no_letter_can_hold(self, value):
        kept = one("[{{ name }}]", name=value)
        assert "".join(kept.split()) == "".join(f"[{masked(clean(value))}]".split())

    def test_line_ends_and_tabs_become_words_own(self):
        xml = unzipped(
            Template(docx(p("{{ name }}"), title="t"), KIND).render({"name": "一\r\n二\t三"})
        )
        body = xml["word/document.xml"].decode()
        assert "一</w:t><w:br/><w:t" in body
        assert "二</w:t><w:tab/><w:t" in body

    def test_illegal_characters_go_and_nothing_else_does(self):
        assert one("{{ name }}", name="a\x00\x0b\x1f\x7f\x9f\ud800\ufffe b") == "a b"

    @pytest.mark.parametrize("value", [None, 1.5, ["x"], True, b"x"], ids=repr)
    def test_what_is_no_text_is_not_printed(self, value):
        with pytest.raises(TemplateError):
            one("{{ name }}", name=value)

    def test_a_missing_value_is_named(self):
        with pytest.raises(TemplateError, match="kana"):
            one("{{ name }}{{ kana }}", name="見本")

    def test_a_missing_entry_of_a_list_is_an_error(self):
        with pytest.raises(TemplateError):
            one("{% for x in items %}{{ x.text }}{% endfor %}", items=[{"name": "い"}])

    def test_a_field_may_be_called_like_a_method_of_dict(self):
        kind = Kind("t", "t", "member", (Field("list", "", items=(Field("items", ""),)),))
        body = p("{% for x in list %}{{ x.items }}{% endfor %}")
        template = Template(docx(body, title="t"), kind)
        assert texts(template.render({"list": [{"items": "値"}]})) == "値"

    def test_a_value_in_a_place_that_is_not_printed_is_an_error(self):
        # Under w:p, beside its runs: well-formed, but Word shows nothing.
        body = p("{{ kana }}").replace("<w:r>", "{{ name }}<w:r>", 1)
        with pytest.raises(TemplateError, match="印字されません"):
            Template(docx(body, title="t"), KIND).render({"name": "見本", "kana": "カナ"})

    def test_a_huge_value_is_refused(self):
        with pytest.raises(TemplateError, match="長すぎ"):
            one("{{ name }}", name="あ" * 10_001)

    def test_same_context_same_bytes_also_after_pickling(self):
        context = letterkit.context(3)
        again = pickle.loads(pickle.dumps(TEMPLATE))
        assert TEMPLATE.render(context) == TEMPLATE.render(context) == again.render(context)

    def test_a_worker_compiles_only_where_its_python_is_another(self, monkeypatch):
        packed = pickle.dumps(TEMPLATE)
        monkeypatch.setattr(template_module, "compiled", None)
        assert pickle.loads(packed).render(letterkit.context(1))
        monkeypatch.undo()
        monkeypatch.setattr(template_module, "MAGIC_NUMBER", b"another")
        again = pickle.loads(packed)
        assert again.render(letterkit.context(1)) == TEMPLATE.render(letterkit.context(1))

    def test_a_template_that_has_changed_is_read_anew(self, tmp_path):
        """Also within a second and of the same length; and by a kind that has other fields."""
        path = tmp_path / "notice.docx"
        written = [docx(p(f"{{{{ name }}}}{n}"), title="t") for n in "12"]
        assert len(written[0]) == len(written[1])
        for text, data in zip("12", written, strict=True):
            path.write_bytes(data)
            os.utime(path, (0, 0))
            assert texts(Template(path, KIND).render({"name": "甲"})) == f"甲{text}"
        other = Kind("notice", "題", "member", (Field("kana", "カナ"),))
        with pytest.raises(TemplateError, match="name"):
            Template(path, other)

    def test_unused_fields_are_known(self):
        template = Template(docx(p("{{ name }}"), title="t"), KIND)
        assert template.used == {"name"}
        assert "kana" in template.unused

    def test_a_false_condition_leaves_no_broken_cell_and_no_empty_table(self):
        cell = table([["{%p if name %}", "い"]]).replace(
            "</w:tc>", p("{{ name }}") + p("{%p endif %}") + "</w:tc>", 1
        )
        rows = table([["{%tr for x in items %}", ""], ["{{ x.name }}", ""], ["{%tr endfor %}", ""]])
        template = Template(docx(cell + rows + p("末"), title="t"), KIND)
        root = etree.fromstring(
            unzipped(template.render({"name": "", "items": []}))["word/document.xml"]
        )
        assert all(tc[-1].tag == package.w("p") for tc in root.iter(package.w("tc")))
        assert len(list(root.iter(package.w("tbl")))) == 1


class TestFaults:
    @pytest.mark.parametrize(
        ("text", "word"),
        [
            ("{{ nmae }}", "name"),
            ("{{ name", "}}"),
            ("name }}", "{{"),
            ("{% if name %}", "endif"),
            ("{% endif %}", "if"),
            ("{% for x in items %}{% endif %}{% endfor %}", "if"),
            ("{% fro x in items %}", "for"),
            ("{{ name|nosuch }}", "nosuch"),
            ("{{ name kana }}", "つづり"),
            ("{% if name = 1 %}{% endif %}", "つづり"),
            ("{% for x in items %}{{ x.txt }}{% endfor %}", "text"),
            ("{% for x in name %}{% endfor %}", "一覧ではない"),
            ("{{ name.first }}", "一つの値"),
            ("｛｛ name ｝｝", "半角"),
            ("{{r name }}", "使えません"),
            ("{% include 'x' %}", "include"),
            ("{ name }", "{{ name }}"),
            ("{{ ｎａｍｅ }}", "「name」"),
            ("{%p if name %}様{%p endif %}", "段落"),
            ("{% if name &amp;&amp; kana %}{% endif %}", "「&」"),
        ],
    )
    def test_each_is_reported_with_template_paragraph_and_way_out(self, text, word):
        error = fault(p("前の段落") + p(f"氏名: {text}"))
        assert "わが社.docx" in error.message
        assert "氏名: " in error.message
        assert "前の段落" not in error.message
        assert word in str(error)

    def test_a_fault_in_a_footer_says_so(self):
        assert "フッター" in fault(p("x"), footer=p("{{ nmae }}")).message

    def test_all_faults_are_listed(self):
        found = problems(docx(p("{{ nmae }}") + p("{{ kna }}"), title="t"), KIND)
        assert [x.paragraph for x in found] == ["{{ nmae }}", "{{ kna }}"]

    def test_a_required_field_that_is_missing(self):
        kind = Kind("t", "t", "member", (Field("name", "氏名", required=True),))
        assert "name" in fault(p("本文"), kind, title="t").message

    def test_a_required_field_that_only_a_condition_asks_for_is_not_printed(self):
        kind = Kind("t", "t", "member", (Field("name", "氏名", required=True),))
        assert "name" in fault(p("{% if name %}様{% endif %}"), kind, title="t").message
        Template(docx(p("{% if name %}{{ name }} 様{% endif %}"), title="t"), kind)

    def test_a_field_called_by_its_japanese_meaning_is_recognised(self):
        kind = Kind("t", "t", "member", (Field("kana", "氏名カナ"), Field("name", "氏名")))
        assert "「kana」" in str(fault(p("{{ 氏名カナ }}"), kind, title="t"))
        assert "「name」か「kana」" in str(fault(p("{{ 氏名 }}"), kind, title="t"))

    def test_what_jinja_says_is_reported_in_japanese(self):
        for text in ("{{ name kana }}", "{{ name", "{{{ name }}}", "{% if name + %}{% endif %}"):
            assert not re.search(r"expected|unknown|token", fault(p(text)).message)

    @pytest.mark.parametrize(
        "attack",
        [
            "{{ name.__class__ }}",
            "{{ ''.__class__.__mro__ }}",
            "{{ self._TemplateReference__context }}",
            "{{ cycler.__init__.__globals__ }}",
            "{{ name|attr('__class__') }}",
        ],
    )
    def test_a_template_cannot_reach_into_python(self, attack):
        with pytest.raises(TemplateError):
            Template(docx(p(attack), title="t"), KIND).render({"name": "見本"})

    def test_the_whole_of_jinjas_globals_is_gone(self):
        assert "range" in str(fault(p("{% for x in range(9) %}{% endfor %}")))


class TestFiles:
    """What a template file may not be."""

    def refused(self, data: bytes) -> str:
        with pytest.raises(TemplateError) as caught:
            Template(data, KIND, "x.docx")
        return caught.value.message

    def test_no_zip(self):
        assert "x.docx" in self.refused(b"%PDF-1.7")

    def test_an_old_or_encrypted_file(self):
        assert ".doc" in self.refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)

    def test_a_workbook(self):
        assert "Word" in self.refused(zipped({"[Content_Types].xml": b"<Types xmlns='x'/>"}))

    def test_macros(self):
        parts = unzipped(docx(p("x")))
        types = parts["[Content_Types].xml"].replace(
            b"wordprocessingml.document.main", b"ms-word.document.macroEnabled.main"
        )
        assert "マクロ" in self.refused(zipped(parts | {"[Content_Types].xml": types}))

    def test_a_dtd(self):
        parts = unzipped(docx(p("x")))
        bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
        xml = parts["word/document.xml"].replace(b"?>\n", b"?>" + bomb, 1)
        assert "DTD" in self.refused(zipped(parts | {"word/document.xml": xml}))

    def test_a_zip_bomb(self):
        out = io.BytesIO(docx(p("x")))
        with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("word/media/a.png", b"\0" * (65 << 20))
        assert len(out.getvalue()) < 1 << 20
        assert "大きすぎ" in self.refused(out.getvalue())

    def test_a_path_that_climbs_out(self):
        parts = unzipped(docx(p("x"))) | {"../evil.xml": b"<x/>"}
        assert "壊れて" in self.refused(zipped(parts))

    @pytest.mark.filterwarnings("ignore:Duplicate name")
    @pytest.mark.parametrize("name", ["word/document.xml", "Word/Document.xml"])
    def test_two_parts_of_one_name(self, name):
        out = io.BytesIO(docx(p("x")))
        with zipfile.ZipFile(out, "a") as archive:
            archive.writestr(name, archive.read("word/document.xml"))
        assert "壊れて" in self.refused(out.getvalue())

    def test_cut_off_in_the_middle(self):
        data = docx(p("x"))
        self.refused(data[: len(data) // 2])

    def test_broken_xml(self):
        parts = unzipped(docx(p("x")))
        xml = parts["word/document.xml"][:-9]
        assert "壊れて" in self.refused(zipped(parts | {"word/document.xml": xml}))


def test_the_written_zip_is_sound_and_knows_no_clock():
    parts = unzipped(docx(p("x"))) | {"word/画像.xml": b"<x/>"}
    data = package.pack(parts)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert {i.date_time for i in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist()[0] == "[Content_Types].xml"
    assert package.read(data, "x") == parts
