"""One template tried out: its fields, its Jinja, a trial letter of the examples, a trial print."""

import itertools
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from shikaku.letters.docx import package, template_reading
from shikaku.letters.docx.fields import Kind
from shikaku.letters.docx.jinja_syntax import Problem, paragraph_text
from shikaku.letters.docx.package import w
from shikaku.letters.docx.template import Template
from shikaku.letters.docx.values import squeeze
from shikaku.letters.pdf import choose
from shikaku.letters.pdf.rdocx.unsupported import lint, plainer, replaced_fonts
from shikaku.system.errors import TemplateError


@dataclass(frozen=True, slots=True)
class Checked:
    """One template file and its problems; ``kind`` is "" for a file of no kind."""

    path: Path
    kind: str
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """No errors; warnings may be there."""
        return not any(p.severity == "error" for p in self.problems)

    def lines(self) -> list[str]:
        """What to show: the file, then its problems."""
        if not self.problems:
            return [f"○ {self.path.name}"]
        marks = {"error": "エラー", "warning": "注意"}
        first = f"{'○' if self.ok else '×'} {self.path.name}"
        return [first, *(f"   {marks[p.severity]}: {p.line()}" for p in self.problems)]


def check_file(path: Path, kind: Kind) -> Checked:
    """One template: the fields, the Jinja, a trial letter of the examples, and the lint."""
    try:
        problems = [
            *template_reading.problems(path, kind),
            *_swallowed(template_reading.load(path, path.name)),
        ]
        if not any(p.severity == "error" for p in problems):
            problems += _trial(path, kind)
    except TemplateError as error:
        problems = [Problem("error", "ファイル", "", error.message, error.hint)]
    return Checked(path, kind.kind, tuple(problems))


def _trial(path: Path, kind: Kind) -> list[Problem]:
    """Fill it with the examples, each list with three entries that differ, and once more with every
    text empty: both ways of each if. Then print it with the embedded engine."""
    template = Template(path, kind)
    parts = template_reading.load(path, path.name)
    found = []
    filled = None
    for context in (_emptied(kind.example()), _three(kind.example())):
        try:
            filled = template.fill(context)
        except TemplateError as error:
            message = error.message
            for lead in ("の", ": ", "では、"):  # the check names the file already
                message = message.removeprefix(f"ひな形「{template.name}」{lead}")
            return [Problem("error", "試し差し込み", "", message, error.hint)]
        found += _too_wide(filled.docx, path.name)
    if filled is not None:
        found += _hidden_rows(filled.docx, template.used, _three(kind.example()), kind, parts)
    unsupported = lint(parts)
    found += [*unsupported, *replaced_fonts(parts), *plainer(parts)]
    if not unsupported and not choose.missing()["embedded"]:
        found += _print(template, kind)
    return list(dict.fromkeys(found))


def _print(template: Template, kind: Kind) -> list[Problem]:
    """What goes wrong when the embedded engine prints a letter of the examples."""
    from shikaku.letters.pdf.rdocx.trial import print_once

    filled = template.fill(kind.example())
    pages, found = print_once(filled.docx, filled.values)
    if kind.pages is not None and pages not in (None, kind.pages):
        found = [
            Problem(
                "error",
                "試し印刷",
                "",
                f"{pages}ページになります({kind.pages}ページのはずです)。",
                "余白や文字の大きさ、空の段落を見直してください。",
            )
        ]
    return found


def _hidden_rows(
    docx: bytes,
    used: Collection[str],
    context: Mapping[str, Any],
    kind: Kind,
    parts: Mapping[str, bytes],
) -> list[Problem]:
    """Items of lists that some entries print and others don't: cells that docxtpl merges
    ({% vm %}, {% hm %}) show the first one only."""
    made = package.read(docx, kind.kind)
    live = package.of_type(made, "document.main", "header", "footer")
    text = squeeze("".join(str(t) for p in live for t in package.parse(made[p]).itertext()))
    found = []
    for name, entries in context.items():
        for item in entries[0] if isinstance(entries, list) else ():
            seen = [squeeze(entry[item]) in text for entry in entries]
            if f"{name}.{item}" in used and any(seen) and not all(seen):
                number = seen.index(False) + 1
                items = next(f.items for f in kind.fields if f.name == name)
                meaning = next(i.meaning for i in items if i.name == item)
                found.append(
                    Problem(
                        "error",
                        "試し差し込み",
                        _paragraph_with(f".{item}", parts),
                        f"一覧「{name}」の{number}行目の「{item}」({meaning})が印字されません。",
                        "すべての行に印字し、{% vm %}・{% hm %} や loop.first で隠さないでください。",
                    )
                )
    return found


def _paragraph_with(text: str, parts: Mapping[str, bytes]) -> str:
    main = package.parse(parts[package.main_part(parts)])
    return next((t for t in map(paragraph_text, main.iter(w("p"))) if text in t), "")


def _too_wide(docx: bytes, name: str) -> list[Problem]:
    parts = package.read(docx, name)
    root = package.parse(parts[package.main_part(parts)], name)
    return [
        Problem(
            "error",
            "試し差し込み",
            "".join(paragraph_text(p) for p in itertools.islice(row.iter(w("p")), 1)),
            "繰り返すと、表の行ではなくセルが増えます。",
            "表の行を繰り返すには {%tr for … %} と {%tr endfor %} を、それぞれ前後の行に置いてください。",
        )
        for table in root.iter(w("tbl"))
        for row in table.iterchildren(w("tr"))
        if _span(row) > len(table.findall(f"{w('tblGrid')}/{w('gridCol')}"))
    ]


def _span(row: etree._Element) -> int:
    """How many columns of the table a row takes."""
    spans = (cell.find(f"{w('tcPr')}/{w('gridSpan')}") for cell in row.iterchildren(w("tc")))
    return sum(1 if span is None else int(span.get(w("val"), "1")) for span in spans)


def _three(context: Mapping[str, Any]) -> dict[str, Any]:
    """Each list with three entries, no two of which say the same."""
    return {
        key: [
            {k: f"{v}{sign}" if v else v for k, v in entry.items()}
            for entry in value
            for sign in "甲乙丙"
        ]
        if isinstance(value, list)
        else value
        for key, value in context.items()
    }


def _swallowed(parts: Mapping[str, bytes]) -> list[Problem]:
    """Cells beside a ``{%tr … %}``: the whole row is the loop's or the condition's, so they go."""
    main = package.parse(parts[package.main_part(parts)])
    found = []
    for row in main.iter(w("tr")):
        own = (p for p in row.iter(w("p")) if next(p.iterancestors(w("tr")), None) is row)
        texts = [paragraph_text(p) for p in own]
        tags = [text for text in texts if "{%tr " in text]
        rest = [text for text in texts if text.strip() and text not in tags]
        if tags and rest:
            found.append(
                Problem(
                    "error",
                    "本文",
                    rest[0],
                    f"「{tags[0].strip()}」のある行の、ほかの文字は印字されません。",
                    "{%tr … %} だけの行を、前と後ろに1つずつ置いてください。",
                )
            )
    return found


def _emptied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {k: _emptied(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_emptied(v) for v in value]
    return ""
