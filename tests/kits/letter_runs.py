"""Runs that make letters in bulk: letters to begin with, what a run leaves."""

import csv
import io
from pathlib import Path

import letterkit
from shikaku.letters.bulk.journal import FILE
from shikaku.letters.bulk.produce import produce
from shikaku.letters.model import Letter, PersonRef


def produced(letters, out: Path, templates: Path, **options):
    options = {"formats": ("docx",), "progress": False} | options
    return produce(letters, out, kinds=letterkit.KINDS, templates_dirs=[templates], **options)


BOTH = {"formats": ("docx", "pdf"), "engine": "embedded", "jobs": 2}


def files(folder: Path) -> dict[str, bytes]:
    """Everything below a folder but the journal, whose salt differs from folder to folder."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name not in (FILE, ".shikaku-lock")
    }


def index(folder: Path) -> list[dict]:
    text = (folder / "index.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))


def letter(number: int, name: str = "", **changes) -> Letter:
    one = next(iter(letterkit.letters(1, first=number)))
    values = letterkit.context(number, name) | changes.pop("context", {})
    fields = {
        "kind": one.kind,
        "stem": f"1234-{number}-00_{values['name']}",
        "group": one.group,
        "title": values["title"],
        "people": (PersonRef("members", number + 2, f"1234-{number}-00", values["name"]),),
        "addressee": values["name"],
        "context": values,
    }
    return Letter(**(fields | changes))
