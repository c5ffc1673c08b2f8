"""Which PDF engine to take, and what each lacks on this machine."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from shikaku.system.errors import PdfError, UsageError

if TYPE_CHECKING:
    from shikaku.letters.pdf.base import Engine

NAMES = ("auto", "word", "libreoffice", "embedded")


@dataclass(frozen=True, slots=True)
class Choice:
    """The engine for a kind of letter, and why. name: one of NAMES except auto."""

    name: str
    reason: str


def engine(name: str) -> "Engine":
    """The engine of that name. ``auto``: the first that works here of embedded, word, libreoffice.

    Raises UsageError for an unknown name, PdfError (with the way out) when it can't be used.
    """
    if name == "auto":
        name = choose("auto", {"": ()})[""].name
    if name == "embedded":
        from shikaku.letters.pdf.rdocx.engine import Embedded

        return Embedded()
    if name == "libreoffice":
        from shikaku.letters.pdf.libreoffice import LibreOffice

        return LibreOffice()
    if name == "word":
        from shikaku.letters.pdf.word import Word

        return Word()
    raise UsageError(
        f"「{name}」というPDFエンジンはありません。", f"{'、'.join(NAMES)} から選んでください。"
    )


def choose(name: str, problems: Mapping[str, Sequence]) -> dict[str, Choice]:
    """The engine for each kind. problems: what ``lint`` found in the kind's template.

    Raises PdfError when no engine on this machine can print a kind, ModuleNotFoundError when the library
    is missing with which every PDF is finished: before the first letter, not for each.
    """
    import_module("pikepdf")
    if name not in NAMES:
        engine(name)
    if name != "auto":
        return {kind: Choice(name, "指定されたため") for kind in problems}
    lacking = missing()
    chosen = {}
    for kind, found in problems.items():
        if not found and not lacking["embedded"]:
            chosen[kind] = Choice("embedded", "このPCだけで、どこでも同じPDFになるため")
            continue
        reason = (
            "ひな形に組み込みエンジンで出せない書式があるため" if found else lacking["embedded"]
        )
        other = next((n for n in ("word", "libreoffice") if not lacking[n]), None)
        if other is None:
            what = f": {found[0].line()}" if found else f"({lacking['embedded']})"
            raise PdfError(
                f"「{kind or 'PDF'}」をPDFにできるエンジンがこのPCにありません{what}",
                "ひな形を直すか、LibreOfficeかWordを入れてください。--format docx ならWordだけ作れます。",
            )
        chosen[kind] = Choice(other, reason)
    return chosen


def missing() -> dict[str, str]:
    """For each engine "" when it can be used here, else the reason in Japanese."""
    from shikaku.letters.pdf import libreoffice, word

    return {
        "embedded": _embedded_lacks(),
        "libreoffice": "" if libreoffice.program() else "LibreOfficeが入っていません",
        "word": word.available(),
    }


def _embedded_lacks() -> str:
    from importlib.util import find_spec

    wanted = ("rdocx", "fontTools", "pikepdf")
    absent = [n.replace("_", "-") for n in wanted if find_spec(n) is None]
    return f"{'、'.join(absent)} が入っていません" if absent else ""


def examine() -> list[tuple[str, str, str]]:
    """(state, topic, detail) for ``shikaku doctor``; state: ok | note | bad."""
    from shikaku.letters.fonts import fallback, subset

    lacking = missing()
    first = next((n for n in ("embedded", "word", "libreoffice") if not lacking[n]), None)
    if first is None:
        lines = [
            (
                "bad",
                "PDFエンジン",
                "使えるものがありません。pip install shikaku をやり直してください",
            )
        ]
    else:
        lines = [("ok", "PDFエンジン", f"auto では {first} を使います")]
    labels = {"embedded": "組み込み(rdocx)", "word": "Microsoft Word", "libreoffice": "LibreOffice"}
    for name, label in labels.items():
        if not lacking[name]:
            lines.append(("ok", f"PDF {name}", f"{label}を使えます"))
        elif name == "embedded" or sys.platform in ("win32", "darwin") or name != "word":
            lines.append(("note", f"PDF {name}", lacking[name]))
    if not lacking["embedded"]:
        folder = subset.extra_folder()
        count = len(list(folder.iterdir())) if folder.is_dir() else 0
        lines.append(("ok" if count else "note", "外字フォント", f"{folder}({count}個)"))
        if subset.packaged() and fallback.packaged():
            lines.append(("ok", "絵文字・海外の文字", "同梱とパッケージのNotoフォントで印字します"))
        else:
            detail = "同梱のNotoフォントで印字します。ないものはこのPCのフォントで補います"
            lines.append(("ok", "絵文字・海外の文字", detail))
    return lines
