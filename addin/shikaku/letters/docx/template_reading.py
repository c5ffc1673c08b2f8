"""A template file as it is read: its parts, the Jinja in them compiled, everything that is wrong with it."""

import re
import types
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError
from lxml import etree

from shikaku.letters.docx import jinja_syntax, leftovers, package, word_fields
from shikaku.letters.docx.fields import Kind
from shikaku.letters.docx.jinja_syntax import Problem, Usage
from shikaku.letters.docx.values import Collector, environment
from shikaku.system.errors import TemplateError, cause
from shikaku.system.reading import bounded

LIVE = {
    **leftovers.LABELS,
    "core-properties": "文書のプロパティ",
}
"""Ends of the content types of the parts that are filled → what they are for people."""

_IN_ATTRIBUTE = re.compile(r'="\{\{(.*?)\}\}"')
_KEPT = 200_000
"""Bytes of a file: a larger one, with pictures say, is read each time."""

_STRICT = b"http://purl.oclc.org/ooxml/"
_DEEP = "表や条件の入れ子が深すぎます。"
_FLATTEN = "入れ子の表や {% if %}・{% for %} を減らしてください。"


@dataclass(frozen=True, slots=True)
class Source:
    """One part with Jinja in it: ``text`` is patched, a line break stands before each chunk."""

    part: str
    where: str
    text: str

    @property
    def plain(self) -> bool:
        return self.where == LIVE["core-properties"]


@dataclass(slots=True)
class TemplateParts:
    """What a template holds. parts: name → XML, without comments and the like.
    used: the fields' names. sources, codes: in one order."""

    parts: dict[str, bytes]
    sources: list[Source]
    codes: list[types.CodeType]
    problems: list[Problem]
    used: set[str]


def problems(source: Path | bytes, kind: Kind, name: str = "") -> list[Problem]:
    """Everything that is wrong with a template, errors only about its fields and its Jinja.

    Raises TemplateError when the file is no Word file at all.
    """
    return read(source, kind, name or (source.name if isinstance(source, Path) else "")).problems


def load(source: Path | bytes, name: str) -> dict[str, bytes]:
    """The parts of a template file as its letters have them: without comments and the like.

    Raises TemplateError for an unreadable one.
    """
    return _load(_bytes(source, name), name).parts


def _bytes(source: Path | bytes, name: str) -> bytes:
    if isinstance(source, bytes):
        return source
    try:
        return bounded(source, package.MAX_FILE)
    except OSError as error:
        raise TemplateError(
            f"ひな形「{name}」を読めません({cause(error)})。",
            "Wordで開いているときは閉じ、ファイルの場所と権限を確かめてください。",
        ) from None


def _load(data: bytes, name: str) -> leftovers.Cleaned:
    parts = package.read(data, name)
    if _STRICT in parts[package.main_part(parts)]:
        raise TemplateError(
            f"ひな形「{name}」は「Strict Open XML 文書」の形式です。",
            "Wordの「名前を付けて保存」で、ファイルの種類を「Word 文書(*.docx)」にしてください。",
        )
    try:
        return leftovers.clean(parts)
    except etree.XMLSyntaxError as error:
        raise _broken(name, "", error) from None


def _broken(name: str, where: str, error: etree.XMLSyntaxError) -> TemplateError:
    """A part that is no XML, or nested deeper than the parser follows."""
    place = f"の{where}" if where else ""
    if "depth" in str(error.msg):
        return TemplateError(f"ひな形「{name}」{place}は、{_DEEP}", _FLATTEN)
    return TemplateError(
        f"ひな形「{name}」{place}が壊れています({error.msg})。",
        "Wordで開き、「.docx」として保存し直してください。",
    )


def read(source: Path | bytes, kind: Kind, name: str) -> TemplateParts:
    """A template of a kind, read and compiled as far as it is sound: nobody changes what is in it, for
    the same file of the same name is not read twice.

    Raises TemplateError for a file that is no Word file.
    """
    data = _bytes(source, name)
    reading = _kept if len(data) <= _KEPT else _read
    return reading(data, kind, name)


def _read(data: bytes, kind: Kind, name: str) -> TemplateParts:
    cleaned = _load(data, name)
    reading = TemplateParts(cleaned.parts, [], [], cleaned.problems, set())
    for part in package.of_type(cleaned.parts, *LIVE):
        where = next(v for k, v in LIVE.items() if _is(cleaned.parts, part, k))
        try:
            root = package.parse(cleaned.parts[part], name)
        except etree.XMLSyntaxError as error:
            raise _broken(name, where, error) from None
        if _has_sound_jinja(reading, root, where):
            _compile(reading, Source(part, where, _readable(root)), kind)
    if not any(p.severity == "error" for p in reading.problems):
        reading.problems += _absent(kind, reading.used)
    reading.problems += word_fields.problems(reading.parts, kind.fields)
    reading.problems += leftovers.fetched(reading.parts)
    return reading


# By content: a file that has changed is another. All kinds that we ship take 2.5 MB.
_kept = lru_cache(32)(_read)


def _has_sound_jinja(reading: TemplateParts, root: etree._Element, where: str) -> bool:
    """Whether a part has Jinja that can be compiled; what stands in the way is noted."""
    if where == LIVE["core-properties"]:
        texts = [text for text in map(str, root.itertext()) if text.strip()]
    else:
        texts = jinja_syntax.paragraphs(root)
    found = jinja_syntax.outline(texts, where)
    reading.problems += found
    return not found and any(mark in text for text in texts for mark in ("{{", "{%", "{#"))


def _readable(root: etree._Element) -> str:
    """A part's XML as Jinja reads it, a line break before each chunk."""
    from docxtpl import DocxTemplate

    text = DocxTemplate(None).patch_xml(etree.tostring(root, encoding="unicode").replace("\n", " "))
    text = _IN_ATTRIBUTE.sub(r'="{{ (\1)|_attribute }}"', text)
    return re.sub(r"(<w:p[ >]|\{[\{%#])", r"\n\1", text)


def _compile(reading: TemplateParts, source: Source, kind: Kind) -> None:
    """Add a part's Jinja, or what is wrong with it."""
    lines = source.text.split("\n")
    try:
        tree = environment(Collector()).parse(source.text)
        usage = Usage(kind.fields, source.where).read(tree, lines)
        code = compiled(tree, source.plain)  # last: it folds what is constant
    except TemplateSyntaxError as error:
        reading.problems.append(jinja_syntax.syntax_problem(error, source.where, lines))
        return
    except (RecursionError, SyntaxError, MemoryError):  # Python's own limits of nesting
        reading.problems.append(Problem("error", source.where, "", _DEEP, _FLATTEN))
        return
    reading.problems += usage.problems
    reading.used |= usage.used
    reading.sources.append(source)
    reading.codes.append(code)


def compiled(source: str | nodes.Template, plain: bool) -> types.CodeType:
    """A source as code that any environment of its kind can run. plain: of the file's properties."""
    return environment(Collector(plain=plain)).compile(source)


def _is(parts: Mapping[str, bytes], part: str, ending: str) -> bool:
    return part in package.of_type(parts, ending)


def _absent(kind: Kind, used: set[str]) -> list[Problem]:
    found = []
    for field in kind.fields:
        names = [(field.name, field)] if field.required else []
        names += [(f"{field.name}.{i.name}", i) for i in field.items if i.required]
        for name, one in names:
            if name not in used:
                found.append(
                    Problem(
                        "error",
                        LIVE["document.main"],
                        "",
                        f"必ず入れる項目「{name}」({one.meaning})がありません。",
                        f"{{{{ {name} }}}} を入れてください。",
                    )
                )
    return found
