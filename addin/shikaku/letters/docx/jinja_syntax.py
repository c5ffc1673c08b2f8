"""A template's Jinja: what is wrong in it, and which fields it uses.

Word's author sees paragraphs, not XML and line numbers, so every fault comes with the text of
its paragraph. The faults of a whole part are found at once: fixing them one a run is tiresome.
"""

import difflib
import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError
from lxml import etree

from shikaku.letters.docx import package
from shikaku.letters.docx.fields import Field
from shikaku.letters.docx.package import w

TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_OPENERS = {"if": "endif", "for": "endfor"}
_MIDDLE = {"elif": ("if",), "else": ("if", "for")}
_WORDS = ("if", "elif", "else", "endif", "for", "endfor", "set", "vm", "hm", "colspan", "cellbg")
_TEXT_ELEMENTS = (w("t"), w("instrText"))
# Braces around a word, and one of them short: Word prints it as it stands.
_SINGLE = re.compile(r"(?<!\{)\{\s*[A-Za-z_][\w.]*\s*\}(?!\})")
_SWALLOWS = re.compile(r"\{%(tr|tc|p)\s.*?%\}", re.DOTALL)
_WIDE = re.compile(r"[{｛][{｛%％].{0,60}?[%％}｝][}｝]")


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a template.

    severity: error | warning. where: 本文, ヘッダー … . paragraph: the paragraph's text, "" when
    it is about the whole template. message, hint: Japanese. embedded: what the embedded PDF engine
    can't do; another engine may.
    """

    severity: str
    where: str
    paragraph: str
    message: str
    hint: str = ""
    embedded: bool = False

    def line(self) -> str:
        """The problem in one line."""
        place = f"{self.where}の段落「{shorten(self.paragraph)}」: " if self.paragraph else ""
        return f"{place}{self.message}" + (f" → {self.hint}" if self.hint else "")


def shorten(text: str, length: int = 60) -> str:
    """A paragraph's text for a message."""
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1] + "…"


def paragraph_text(paragraph: etree._Element) -> str:
    """The text of one paragraph without that of paragraphs inside it (text boxes)."""
    pieces = []
    for element in paragraph.iter(*_TEXT_ELEMENTS, w("tab"), w("br")):
        owner = next(element.iterancestors(w("p")), None)
        if owner is paragraph and package.parent(element).tag != w("tabs"):
            pieces.append(element.text or "" if element.tag in _TEXT_ELEMENTS else " ")
    return "".join(pieces)


def paragraphs(root: etree._Element) -> list[str]:
    """The texts of a part's paragraphs, in order."""
    return [paragraph_text(p) for p in root.iter(w("p"))]


def tags_of(text: str) -> Iterator[str]:
    """The Jinja tags in a paragraph's text."""
    return (m.group() for m in TAG.finditer(text))


def _keyword(tag: str) -> str:
    """The first word of ``{%tr for x in y %}`` behind docxtpl's tr, tc, p and r: ``for``."""
    words = tag[2:-2].strip().strip("-").split()
    if words and words[0] in ("tr", "tc", "p", "r") and len(words) > 1:
        words = words[1:]
    return words[0] if words else ""


def outline(texts: Sequence[str], where: str) -> list[Problem]:
    """Faults that show before Jinja sees the text: braces, blocks, full-width braces."""
    blocks = _Blocks()
    found = []
    for text in texts:
        faults = [*_braces(text), *_alone(text)]
        for tag in tags_of(text):
            faults += _tag(tag)
            if tag.startswith("{%"):
                faults += blocks.read(_keyword(tag), text)
        found += [Problem("error", where, text, *fault) for fault in faults]
    return found + [Problem("error", where, text, *fault) for text, fault in blocks.left_open()]


_Fault = tuple[str, str]
"""message, hint"""


def _braces(text: str) -> Iterator[_Fault]:
    """Braces that don't close, single ones, full-width ones."""
    rest = TAG.sub("", text)
    for left, right in (("{{", "}}"), ("{%", "%}"), ("{#", "#}")):
        if left in rest:
            yield f"「{left}」が閉じていません。", f"同じ段落の中で「{right}」で閉じてください。"
        elif right in rest and right != "}}":
            yield f"「{right}」の始まりがありません。", f"「{left}」で始めてください。"
    if "}}" in rest:
        yield "「}}」の始まりがありません。", "「{{」で始めてください。"
    if any(c in m.group() for m in _WIDE.finditer(text) for c in "｛｝％"):
        yield (
            "全角の「｛」「｝」「％」が使われています。",
            "半角の {{ }} や {% %} にしてください。",
        )
    for single in _SINGLE.findall(rest):
        yield (
            f"「{single}」は、このままの文字で印字されます。",
            f"差し込むときは {{{{ {single[1:-1].strip()} }}}} と書いてください。",
        )


def _alone(text: str) -> Iterator[_Fault]:
    """``{%p … %}`` takes its whole paragraph, row or cell: other text in it would be lost."""
    swallows = _SWALLOWS.search(text)
    if swallows and _SWALLOWS.sub("", text, count=1).strip():
        what = {"p": "段落", "tr": "行", "tc": "セル"}[swallows[1]]
        yield (
            f"「{swallows[0]}」のある{what}の、ほかの文字は印字されません。",
            f"{{%{swallows[1]} … %}} だけの{what}を、前と後ろに1つずつ置いてください。",
        )


def _tag(tag: str) -> Iterator[_Fault]:
    """What docxtpl knows and we don't."""
    if re.match(r"\{\{(r|p|tr|tc)\s", tag):
        yield (
            f"「{tag}」の書き方(リッチテキスト・部分文書)は使えません。",
            "{{ 名前 }} と書き、書式はWordで付けてください。",
        )


class _Blocks:
    """``if`` and ``for`` with their ends."""

    def __init__(self) -> None:
        self._open: list[tuple[str, str]] = []

    def read(self, word: str, text: str) -> Iterator[_Fault]:
        """The next command of the part, in the paragraph of that text."""
        if word in _OPENERS:
            self._open.append((word, text))
        elif word in _OPENERS.values() or word in _MIDDLE:
            fits = _MIDDLE.get(word) or tuple(k for k, v in _OPENERS.items() if v == word)
            if not self._open or self._open[-1][0] not in fits:
                yield (
                    f"「{word}」に対応する「{'」「'.join(fits)}」がありません。",
                    "始まりと終わりの順番を確かめてください。",
                )
            elif word not in _MIDDLE:
                self._open.pop()
        elif word not in _WORDS:
            yield f"「{word}」という命令はありません。", suggestion(word, _WORDS)

    def left_open(self) -> Iterator[tuple[str, _Fault]]:
        """What has no end: the paragraph, the fault."""
        for word, text in self._open:
            fault = f"「{word}」が閉じていません。", f"「{_OPENERS[word]}」を入れてください。"
            yield text, fault


def suggestion(name: str, known: Sequence[str], fields: Sequence[Field] = ()) -> str:
    """「…」の間違いではありませんか, or the names there are. fields: those of the names, so that
    one written in Japanese is found by its meaning."""
    near = difflib.get_close_matches(unicodedata.normalize("NFKC", name), known, n=2, cutoff=0.6)
    if not near:
        meant = [f for f in fields if name in f.meaning and not f.meaning.endswith("とき真")]
        near = [f.name for f in sorted(meant, key=lambda f: len(f.meaning))[:2]]
    if near:
        return f"「{'」か「'.join(near)}」の間違いではありませんか。"
    return "使える名前は「shikaku templates list」で確かめられます。"


def syntax_problem(error: TemplateSyntaxError, where: str, lines: Sequence[str]) -> Problem:
    """Jinja's own complaint as a Problem. lines: the part's source split as Jinja counts."""
    text = _readable(lines, error.lineno)
    unknown = re.match(r"No (filter|test) named '(.*)'", error.message or "")
    if unknown:
        return Problem(
            "error", where, text, f"「{unknown[2]}」という加工(フィルター)は使えません。", _FILTERS
        )
    why = _in_japanese(error.message or "")
    return Problem(
        "error",
        where,
        text,
        f"{{{{ }}}} や {{% %}} の中の書き方に誤りがあります{f'({why})' if why else ''}。",
        _PAIRS if "tag" in (error.message or "") else _SPELLING,
    )


_SPELLING = "名前のつづり、かっこ、引用符を確かめてください。"
_PAIRS = "{%tr … %} や {%p … %} は、始まりと終わりを別々の行(段落)に1つずつ置いてください。"
_COMPLAINTS = (
    (r"unknown tag '(.*?)'", "「{}」の始まりが見つかりません"),
    (r"unexpected char ['\"](.)['\"]", "「{}」という記号は使えません"),
    (r"(?:got|unexpected) 'end of", "途中で終わっています"),
    (r"(?:got|unexpected) '(.+?)'", "「{}」の位置が違います"),
    (r"[Uu]nexpected end of template", "途中で終わっています"),
)


def _in_japanese(message: str) -> str:
    """What Jinja complains of, or nothing: its other messages help no author of a letter."""
    for pattern, complaint in _COMPLAINTS:
        found = re.search(pattern, message)
        if found:
            return complaint.format(*found.groups())
    return ""


FILTERS = [
    "default",
    "d",
    "join",
    "length",
    "count",
    "upper",
    "lower",
    "trim",
    "replace",
    "first",
    "last",
    "reverse",
    "sort",
    "unique",
    "string",
    "int",
    "list",
    "map",
    "select",
    "reject",
    "selectattr",
    "rejectattr",
    "batch",
    "groupby",
]
_FILTERS = "使えるのは " + " ".join(FILTERS) + " です。"


def _readable(lines: Sequence[str], number: int | None) -> str:
    """The text around a line of the source: its tag, or the paragraph's text."""
    if not number or number > len(lines):
        return ""
    first = last = number - 1
    while first > 0 and "<w:p>" not in lines[first] and "<w:p " not in lines[first]:
        first -= 1
    while last + 1 < len(lines) and "</w:p>" not in lines[last]:
        last += 1
    here = "".join(lines[first : last + 1])
    if "</w:p>" in "".join(lines[first : number - 1]):
        here = lines[number - 1]
    return html.unescape(re.sub(r"<[^>]*>", "", here)).strip()


_Scope = dict[str, tuple[str, Field | None]]
_MEMBERS = "list"


def _groups(field: Field) -> Field:
    """What ``groupby`` makes of a list: groups with their ``grouper`` and the ``list`` of entries."""
    members = Field(_MEMBERS, field.meaning, items=field.items)
    return Field(field.name, field.meaning, items=(Field("grouper", "まとめた値"), members))


class Usage:
    """Which fields a part uses, and which of its names nobody knows.

    used: the names that are printed or looped over, and ``list.item`` for the entries of lists; one
    that only a condition asks for isn't. Problems name the paragraph.
    """

    def __init__(self, fields: Sequence[Field], where: str):
        self.fields = {f.name: f for f in fields}
        self.where = where
        self.used: set[str] = set()
        self.problems: list[Problem] = []

    def read(self, tree: nodes.Template, lines: Sequence[str]) -> "Usage":
        """Walk a parsed part."""
        self._lines = lines
        self._walk(tree, {})
        return self

    def _walk(self, node: nodes.Node, scope: _Scope) -> None:
        if isinstance(node, nodes.For):
            self._for(node, scope)
        elif isinstance(node, nodes.Assign):
            self._assign(node, scope)
        elif isinstance(node, nodes.If | nodes.CondExpr):
            printed = set(self.used)
            self._walk(node.test, scope)
            self.used = printed
            for child in node.iter_child_nodes(exclude=("test",)):
                self._walk(child, scope)
        elif isinstance(node, nodes.Getattr):
            self._getattr(node, scope)
        elif isinstance(node, nodes.Name):
            self._name(node, scope)
        else:
            if isinstance(node, nodes.Call):
                self._tell(node, "「( )」で呼び出す命令は使えません。", _FILTERS)
            for child in node.iter_child_nodes():
                self._walk(child, scope)

    def _for(self, node: nodes.For, scope: _Scope) -> None:
        """A loop: its names are the list's entries, or a group's key and its members."""
        self._walk(node.iter, scope)
        names = [target.name for target in node.target.find_all(nodes.Name)]
        inner = {**scope, "loop": ("loop", None)} | dict.fromkeys(names, ("", None))
        if isinstance(node.target, nodes.Name):
            inner[node.target.name] = self._entries(node.iter, scope)
        elif isinstance(node.target, nodes.Tuple):
            path, field = self._value(node.iter, scope)
            items = field.items if field else ()
            members = next((i for i in items if i.name == _MEMBERS), None)
            if members is not None and len(names) == 2:
                inner[names[1]] = path, members
        for child in (*node.body, *node.else_, *filter(None, [node.test])):
            self._walk(child, inner)

    def _assign(self, node: nodes.Assign, scope: _Scope) -> None:
        """``set``: from here on the name stands for the value."""
        self._walk(node.node, scope)
        for target in node.target.find_all(nodes.Name):
            scope[target.name] = ("", None)
        if isinstance(node.target, nodes.Name):
            scope[node.target.name] = self._value(node.node, scope)

    def _value(self, node: nodes.Node, scope: _Scope) -> tuple[str, Field | None]:
        """Path and field that an expression stands for, when that is known."""
        if isinstance(node, nodes.Filter) and node.node is not None:
            path, field = self._value(node.node, scope)
            if node.name == "groupby" and field is not None and field.items:
                return path, _groups(field)
            return path, field
        if isinstance(node, nodes.Getitem):
            return self._value(node.node, scope)
        if isinstance(node, nodes.Name):
            if node.name in scope:
                return scope[node.name]
            return node.name, self.fields.get(node.name)
        if isinstance(node, nodes.Getattr):
            path, field = self._value(node.node, scope)
            item = next((i for i in field.items if i.name == node.attr), None) if field else None
            if item is not None and item.name == _MEMBERS:
                return path, item
            return f"{path}.{node.attr}", item
        return "", None

    def _entries(self, node: nodes.Node, scope: _Scope) -> tuple[str, Field | None]:
        path, field = self._value(node, scope)
        if field is not None and not field.items:
            self._tell(node, f"「{path}」は一覧ではないので「for」で回せません。", "")
        return path, field

    def _getattr(self, node: nodes.Getattr, scope: _Scope) -> None:
        path, field = self._value(node.node, scope)
        self._walk(node.node, scope)
        if node.attr.startswith("_"):
            self._tell(node, f"「.{node.attr}」は使えません。", "")
        if field is None or path == "loop":
            return
        names = [i.name for i in field.items]
        if node.attr in names:
            if node.attr not in (_MEMBERS, "grouper"):
                self.used.add(f"{path}.{node.attr}")
        elif names:
            self._tell(
                node,
                f"「{path}」に「{node.attr}」という項目はありません。",
                suggestion(node.attr, names, field.items),
            )
        else:
            self._tell(node, f"「{path}」は一つの値なので「.{node.attr}」は付けられません。", "")

    def _name(self, node: nodes.Name, scope: _Scope) -> None:
        if node.name in scope or node.ctx != "load":
            return
        if node.name in self.fields:
            self.used.add(node.name)
            return
        self._tell(
            node,
            f"「{node.name}」という項目はありません。",
            suggestion(node.name, list(self.fields), list(self.fields.values())),
        )

    def _tell(self, node: nodes.Node, message: str, hint: str) -> None:
        text = _readable(self._lines, node.lineno)
        problem = Problem("error", self.where, text, message, hint)
        if problem not in self.problems:
            self.problems.append(problem)
