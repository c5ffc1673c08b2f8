"""Letters as Word files: a template compiled once, filled thousands of times.

The syntax is docxtpl's, and its own ``patch_xml`` makes the template readable to Jinja. The rest
is ours, because docxtpl opens, patches, compiles and repairs anew for each letter (27 ms against
less than one) and loses text without a word: ``A & B``, names it does not know, broken XML. Here
values are escaped, an unknown name is an error, the result is parsed strictly, and each value
that went in must be found in the text that came out (both once for all letters of a shape: ``shapes``).
"""

import marshal
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from typing import Any, NamedTuple

from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.exceptions import TemplateError as JinjaError
from lxml import etree

from shikaku.letters.docx import (
    barcode,
    jinja_syntax,
    package,
    sandbox_limits,
)
from shikaku.letters.docx.fields import Kind
from shikaku.letters.docx.hidden_text import Hidden
from shikaku.letters.docx.jinja_syntax import Problem
from shikaku.letters.docx.package import w
from shikaku.letters.docx.shapes import KnownShapes, Pieces
from shikaku.letters.docx.template_reading import LIVE, Source, compiled, read
from shikaku.letters.docx.values import CLOSE, OPEN, Collector, clean, environment, squeeze, written
from shikaku.system.errors import TemplateError
from shikaku.system.masking import masked

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# A cell, table or text box that ends without a paragraph or row.
_EMPTY = re.compile(
    r"</w:(?:tcPr|tbl)>\s*</w:tc>|<w:tc>\s*</w:tc>|</w:tblGrid>\s*</w:tbl>|<w:(?:hdr|ftr)[^>]*>\s*</w:"
    r"|<w:txbxContent>\s*</w:"
)
_MADE_ANEW = ("_programs", "_collectors", "_codes")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished Word file and the texts that its values put into it (without core properties)."""

    docx: bytes
    values: tuple[str, ...]


class Draft(NamedTuple):
    """A letter's parts before they are packed. parts: name → XML; body: the main part's name, or
    "" when nothing is filled in there; pieces: the texts between marks, in their order; codes: of
    the QR codes."""

    parts: dict[str, str]
    body: str
    pieces: tuple[str, ...]
    codes: tuple[str, ...] = ()


class Template:
    """One kind's template.

    source: path or bytes of a .docx. kind: the fields it may and must use. Raises TemplateError
    (template, paragraph, what to do) for anything that ``template_reading.problems`` would call an error.
    Instances can be pickled, with their code: a worker compiles nothing.
    """

    def __init__(self, source: Path | bytes, kind: Kind, name: str = ""):
        self.name = name or (source.name if isinstance(source, Path) else f"{kind.kind}.docx")
        self.kind = kind.kind
        reading = read(source, kind, self.name)
        _refuse_errors(reading.problems, self.name)
        self.used = frozenset(reading.used)
        self.unused = frozenset(f.name for f in kind.fields) - self.used
        self._lists = {
            f.name: [i.name for i in f.items if i.required]
            for f in kind.fields
            if f.name in self.used and any(i.required for i in f.items)
        }
        hidden = Hidden(reading.parts)
        self._hidden = hidden if hidden.anything else None
        self._sources, self._codes = reading.sources, reading.codes
        self._entries = [package.entry(n, d, 9) for n, d in _first(reading.parts).items()]
        self._compile()

    def __getstate__(self) -> dict[str, Any]:
        kept = {k: v for k, v in self.__dict__.items() if k not in _MADE_ANEW}
        return kept | {"_code_of": (MAGIC_NUMBER, [marshal.dumps(code) for code in self._codes])}

    def __setstate__(self, state: dict[str, Any]) -> None:
        python, codes = state.pop("_code_of")
        self.__dict__.update(state)
        if python == MAGIC_NUMBER:
            self._codes = [marshal.loads(code) for code in codes]
        else:  # a cluster's worker has another Python
            self._codes = [compiled(s.text, s.plain) for s in self._sources]
        self._compile()

    def _compile(self) -> None:
        self._collectors = (Collector(), Collector(plain=True))
        environments = [environment(c) for c in self._collectors]
        self._programs = []
        for source, code in zip(self._sources, self._codes, strict=True):
            env = environments[source.plain]
            program = env.template_class.from_code(env, code, env.make_globals(None))
            shapes = self._shapes_of(source)
            self._programs.append((source, program, self._collectors[source.plain], shapes))

    def render(self, context: Mapping[str, Any]) -> bytes:
        """The finished .docx. Errors as in ``fill``."""
        return self.fill(context).docx

    def fill(self, context: Mapping[str, Any], *, coded: bool = False) -> Rendered:
        """The finished .docx and the texts that went into it.

        context: a value (str, int, bool, list of dicts) for each field the template uses. coded:
        numbers in the style 「バーコード」 become QR codes. Raises
        TemplateError for a field that is missing or None, for a value that is no text, and when
        a value is not found in the output.
        """
        missing = sorted(n for n in self.used if "." not in n and context.get(n) is None)
        if missing:
            raise TemplateError(
                f"ひな形「{self.name}」の項目「{'」「'.join(missing)}」に入れる値がありません。",
                "ブックの該当する欄が空でないか確かめてください。",
            )
        fresh: dict[bytes, package.PackedPart] = {}
        values: list[str] = []
        printed: list[str] = []
        for source, program, collector, shapes in self._programs:
            collector.begin()
            pieces = Pieces(program.generate(context), collector)
            xml, values_in_it = self._run(pieces, source), collector.texts
            known = shapes.text(pieces.shape, values_in_it, len(xml))
            if known is None:
                data, text = self._checked(xml, source)
                self._compare(values_in_it, text, source)
            else:
                data, text = _DECLARATION.encode() + xml.encode(), known
            if not source.plain:
                values += self._shown(collector.texts, data)
                printed.append(text)
            if coded and source.where == LIVE["document.main"]:
                fresh |= self._coded(source.part, data)
            else:
                fresh[source.part.encode()] = package.entry(source.part, data)
        self._rows(context, "".join(printed))
        entries = [fresh.pop(e.name, e) for e in self._entries]
        return Rendered(package.write([*entries, *fresh.values()]), tuple(dict.fromkeys(values)))

    def _coded(self, part: str, data: bytes) -> dict[bytes, package.PackedPart]:
        """The body with its numbers as QR codes, and the parts that change with it."""
        beside = ("[Content_Types].xml", package.rels_name(part))
        known = {e.name.decode(): e.deflated for e in self._entries}
        parts = {name: zlib.decompress(known[name], -15) for name in beside} | {part: data}
        barcode.put(parts, part)
        alike = {name: _packed_again(name, parts.pop(name)) for name in beside}
        fresh = alike | {name: package.entry(name, xml) for name, xml in parts.items()}
        return {name.encode(): entry for name, entry in fresh.items()}

    def _shown(self, values: Sequence[str], part: bytes) -> Sequence[str]:
        """The values that are printed: not those in hidden text."""
        if self._hidden is None:
            return values
        text = squeeze(self._hidden.shown(package.parse(part)))
        return [value for value in values if squeeze(value) in text]

    def _rows(self, context: Mapping[str, Any], text: str) -> None:
        """Every entry of a list is in the letter, as often as the list has it: nobody is lost by a
        condition, or by cells that a template merges."""
        for name, items in self._lists.items():
            entries = context[name]
            for item in items:
                wanted = Counter(squeeze(clean(str(entry[item]))) for entry in entries)
                lost = next((v for v, n in wanted.items() if v and text.count(v) < n), None)
                if lost is not None:
                    raise TemplateError(
                        f"ひな形「{self.name}」では、一覧「{name}」の「{lost[:20]}」が印字されません"
                        f"({len(entries)}件のうち)。",
                        "一覧のすべての行を繰り返し、{% if %} や {% hm %}・{% vm %} で隠さないでください。",
                    )

    def draft(self, context: Mapping[str, Any]) -> Draft:
        """The parts of a context that ``fill`` of the same template's full form has passed, with
        marks around the body's values.

        Nothing is checked again; paragraphs and rows that Word demands are mended as there.
        """
        parts: dict[str, str] = {}
        pieces: list[str] = []
        codes: list[str] = []
        body = ""
        for source, program, collector, _ in self._programs:
            collector.begin()
            main = source.where == LIVE["document.main"]
            collector.marked = main
            try:
                xml = _DECLARATION + self._run(program.generate(context), source)
            finally:
                collector.marked = False
            if _EMPTY.search(xml):
                xml = self._checked(xml.removeprefix(_DECLARATION), source)[0].decode()
            if main:
                body, pieces = source.part, collector.texts
                xml, numbers = barcode.taken_out(xml)
                codes = [masked(clean(number)) for number in numbers]
            parts[source.part] = xml
        return Draft(parts, body, tuple(pieces), tuple(codes))

    def packed(self, draft: Draft) -> bytes:
        """The .docx of a draft, without its marks."""
        fresh = {
            part.encode(): package.entry(part, xml.replace(OPEN, "").replace(CLOSE, "").encode(), 1)
            for part, xml in draft.parts.items()
        }
        return package.write(fresh.get(e.name, e) for e in self._entries)

    def part(self, ending: str) -> bytes:
        """The template's own part of that kind (``styles``); empty when it has none."""
        types = {e.name: e for e in self._entries}
        name = next((n for n in types if n.endswith(f"/{ending}.xml".encode())), None)
        return zlib.decompress(types[name].deflated, -15) if name else b""

    def _run(self, pieces: Iterable[str], source: Source) -> str:
        try:
            # Line breaks of the template are ours; a value's own became <w:br/>.
            return sandbox_limits.bounded(pieces).replace("\n", "")
        except TemplateError as error:
            raise self._wrong(source, error.message, error.hint) from None
        except UndefinedError as error:
            raise self._wrong(source, f"値のない項目を使っています({error.message})。") from None
        except SecurityError:
            raise self._wrong(source, "使えない命令が含まれています。") from None
        except (JinjaError, TypeError, ValueError, ArithmeticError) as error:
            raise self._wrong(
                source, f"計算や加工ができませんでした({type(error).__name__})。"
            ) from None

    def _checked(self, xml: str, source: Source) -> tuple[bytes, str]:
        """The part's bytes and squeezed text, after a strict parse and Word's own demands."""
        try:
            root = package.parse(_DECLARATION.encode() + xml.encode(), self.name)
        except etree.XMLSyntaxError as error:
            raise self._wrong(
                source, f"差し込んだ結果が壊れた文書になります({error.msg})。", _BLOCKS
            ) from None
        mended = not source.plain and _repair(root)
        if mended:
            data = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
        else:
            data = _DECLARATION.encode() + xml.encode()
        return data, _text_of(root, plain=source.plain)

    def _shapes_of(self, source: Source) -> KnownShapes:
        """What is known of the letters of one part."""

        def look(xml: str) -> str | None:
            root = package.parse(_DECLARATION.encode() + xml.encode(), self.name)
            mended = not source.plain and _repair(root)
            return None if mended else _text_of(root, plain=source.plain)

        return KnownShapes(lambda text: written(text, source.plain), look)

    def _compare(self, values: Sequence[str], text: str, source: Source) -> None:
        """Each value in its order: one that is lost, doubled or out of place shows here."""
        at = 0
        for value in values:
            wanted = squeeze(value)
            found = text.find(wanted, at)
            if found < 0:
                raise self._wrong(
                    source,
                    f"値「{jinja_syntax.shorten(value, 20)}」が文書に印字されません。",
                    "{{ }} を普通の文字として段落の中に置いてください。",
                )
            at = found + len(wanted)

    def _wrong(self, source: Source, message: str, hint: str = "") -> TemplateError:
        return TemplateError(f"ひな形「{self.name}」の{source.where}: {message}", hint)


# What is the same in letter after letter.
_packed_again = lru_cache(maxsize=64)(package.entry)

_BLOCKS = (
    "{% if %} や {% for %} が、始まりと終わりで同じ種類の段落・行を囲んでいるか確かめてください。"
)


def _first(parts: dict[str, bytes]) -> dict[str, bytes]:
    """Content types first, as OPC readers like it."""
    name = "[Content_Types].xml"
    return {name: parts[name], **parts}


def _refuse_errors(problems: Sequence[Problem], name: str) -> None:
    """Raise TemplateError for the first error, with how many there are."""
    errors = [p for p in problems if p.severity == "error"]
    if errors:
        raise TemplateError(
            f"ひな形「{name}」: {errors[0].line()}"
            + (f"(ほか{len(errors) - 1}件)" if len(errors) > 1 else ""),
            "「shikaku templates check」で一覧を見て、Wordで直してください。",
        )


def _text_of(root: etree._Element, *, plain: bool) -> str:
    """The squeezed text of a part. plain: of the file's properties."""
    if plain:
        return squeeze("".join(map(str, root.itertext())))
    texts = (element.text for element in root.iter(w("t"), w("instrText")) if element.text)
    return squeeze("".join(texts))


def _repair(root: etree._Element) -> bool:
    """What a false {%p if %} leaves behind and Word refuses: cells without a last paragraph,
    tables without rows, a header without content. True when something was mended."""
    mended = False
    for table in list(root.iter(w("tbl"))):
        if table.find(f".//{w('tr')}") is None:
            package.drop(table)
            mended = True
    ends = (w("tc"), w("hdr"), w("ftr"), w("txbxContent"))
    for holder in root.iter(*ends):
        last = holder[-1] if len(holder) else None
        if last is None or last.tag not in (w("p"), w("sdt")):
            etree.SubElement(holder, w("p"))
            mended = True
    return mended
