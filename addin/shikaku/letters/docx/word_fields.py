"""Word's own fields and unfilled places in a template: what they print, and what to write instead."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from shikaku.letters.docx import package
from shikaku.letters.docx.fields import Field
from shikaku.letters.docx.hidden_text import Hidden
from shikaku.letters.docx.jinja_syntax import Problem, paragraph_text, suggestion
from shikaku.letters.docx.leftovers import LABELS
from shikaku.letters.docx.package import w

_MERGE = ("GREETINGLINE", "ADDRESSBLOCK", "NEXT", "NEXTIF", "SKIPIF", "MERGEREC", "MERGESEQ", "ASK",
          "FILLIN")  # fmt: skip
_DAYS = ("DATE", "TIME", "CREATEDATE", "SAVEDATE", "PRINTDATE", "EDITTIME")
_ABOUT = ("FILENAME", "FILESIZE", "TEMPLATE", "AUTHOR", "LASTSAVEDBY", "USERNAME", "USERINITIALS",
          "USERADDRESS", "TITLE", "SUBJECT", "KEYWORDS", "COMMENTS", "DOCPROPERTY", "DOCVARIABLE",
          "INFO", "REVNUM", "NUMCHARS", "NUMWORDS")  # fmt: skip
_LOGIC = ("IF", "COMPARE", "SET", "QUOTE", "=")
_FETCHING = ("INCLUDEPICTURE", "INCLUDETEXT", "INCLUDE", "IMPORT", "DDE", "DDEAUTO", "LINK", "RD",
             "DATABASE")  # fmt: skip
_PLACES = ("MACROBUTTON", "GOTOBUTTON", "FORMTEXT", "FORMDROPDOWN", "FORMCHECKBOX")


@dataclass(frozen=True, slots=True)
class WordField:
    """A field: its instruction, the text of the paragraph where it begins."""

    instruction: str
    paragraph: str

    @property
    def name(self) -> str:
        """``MERGEFIELD``; ``=`` for a formula."""
        words = self.instruction.split()
        first = words[0].upper() if words else ""
        return "=" if first.startswith("=") else first

    @property
    def argument(self) -> str:
        """The first thing behind the name."""
        found = re.match(r'\s*\S+\s+(?:"([^"]*)"|(\S+))', self.instruction)
        return (found[1] or found[2] or "") if found else ""


def fields_of(root: etree._Element) -> Iterator[WordField]:
    """The fields of a part, nested ones too, in the order of their ends."""
    for simple in root.iter(w("fldSimple")):
        yield WordField(simple.get(w("instr"), ""), _near(simple))
    open_fields: list[tuple[list[str], str, list[bool]]] = []
    for element in root.iter(w("fldChar"), w("instrText")):
        if element.tag == w("instrText"):
            if open_fields and open_fields[-1][2][0]:
                open_fields[-1][0].append(element.text or "")
            continue
        kind = element.get(w("fldCharType"))
        if kind == "begin":
            open_fields.append(([], _near(element), [True]))
        elif kind == "separate" and open_fields:
            open_fields[-1][2][0] = False
        elif kind == "end" and open_fields:
            pieces, text, _ = open_fields.pop()
            yield WordField("".join(pieces), text)


def _near(element: etree._Element) -> str:
    paragraph = next(element.iterancestors(w("p")), None)
    return paragraph_text(paragraph) if paragraph is not None else ""


def problems(parts: Mapping[str, bytes], fields: Sequence[Field]) -> Iterator[Problem]:
    """Warnings about fields, unfilled controls and hidden text; errors about fields that fetch.

    fields: of the kind, for the name that takes a merge field's place.
    """
    hidden = Hidden(parts)
    for ending, where in LABELS.items():
        for part in package.of_type(parts, ending):
            root = package.parse(parts[part])
            for one in fields_of(root):
                yield from _field(one, where, fields)
            yield from _controls(root, where)
            for run in hidden.runs(root):
                text = "".join(t.text or "" for t in run.iter(w("t")))
                if text.strip():
                    yield Problem(
                        "warning", where, _near(run), f"隠し文字「{text[:30]}」は印字されません。",
                        "印字するなら、フォントの「隠し文字」を外してください。要らなければ消してください。",
                    )  # fmt: skip


def _field(one: WordField, where: str, fields: Sequence[Field]) -> Iterator[Problem]:
    name = one.name
    if name == "MERGEFIELD":
        yield Problem(
            "warning", where, one.paragraph,
            f"差し込み印刷の項目「«{one.argument}»」は差し込まれず、そのまま印字されます。",
            _translated(one.argument, fields),
        )  # fmt: skip
    elif name in _MERGE:
        yield _warning(one, where, "差し込み印刷の命令「{}」は働きません。",
                       "消して、{{ }} の項目か {% if %} を使ってください。")  # fmt: skip
    elif name in _DAYS:
        yield _warning(one, where, "フィールド「{}」の日付は、文書の日付(基準日)ではありません。",
                       "{{ date }} などの項目に置き換えてください。")  # fmt: skip
    elif name in _ABOUT:
        yield _warning(one, where, "フィールド「{}」は、ひな形のファイルのことを印字します。",
                       "文字で書くか、{{ }} の項目に置き換えてください。")  # fmt: skip
    elif name in _LOGIC:
        yield _warning(one, where, "フィールド「{}」は計算し直されません。",
                       "{% if 項目 %} … {% endif %} に置き換えてください。")  # fmt: skip
    elif name in _PLACES:
        yield _warning(one, where, "フィールド「{}」の入力欄は、入力されないまま印字されます。",
                       "文字で書くか、{{ }} の項目に置き換えてください。")  # fmt: skip
    elif name in _FETCHING:
        yield Problem(
            "error", where, one.paragraph,
            f"フィールド「{name}」は、開くたびにほかのファイルを読み込みます。",
            "読み込む内容や画像を、文書の中に入れてください。",
        )  # fmt: skip


def _warning(one: WordField, where: str, message: str, hint: str) -> Problem:
    return Problem("warning", where, one.paragraph, message.format(one.name), hint)


def _translated(name: str, fields: Sequence[Field]) -> str:
    """Which of our names takes a merge field's place."""
    near = suggestion(name, [f.name for f in fields], fields)
    found = re.findall(r"「(\w+)」", near) if "間違い" in near else []
    if found:
        return f"{'か '.join(f'{{{{ {one} }}}}' for one in found)} に置き換えてください。"
    return f"この文書で使える項目に置き換えてください。{near}"


def _controls(root: etree._Element, where: str) -> Iterator[Problem]:
    for control in root.iter(w("sdt")):
        properties = control.find(w("sdtPr"))
        content = control.find(w("sdtContent"))
        if properties is None or content is None:
            continue
        text = "".join(t.text or "" for t in content.iter(w("t")))
        if properties.find(w("showingPlcHdr")) is not None:
            yield Problem(
                "warning", where, text, "入力されていないコンテンツコントロールが、そのまま印字されます。",
                "消すか、{{ }} の項目に置き換えてください。",
            )  # fmt: skip
        elif properties.find(w("dataBinding")) is not None and "{{" in text:
            yield Problem(
                "warning", where, text,
                "文書のプロパティと結び付いたコンテンツコントロールは、開くとひな形の値に戻ります。",
                "コンテンツコントロールを削除し、{{ }} を普通の文字で書いてください。",
            )  # fmt: skip
