"""What the commands that make letters take besides the workbook, the folder and the day."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypedDict


class LetterOptions(TypedDict, total=False):
    """The fields of ``jobs.letters.Options`` as keywords; each may be left out.

    formats: ``docx``, ``pdf``; engine: auto | word | libreoffice | embedded; templates: the user's
    own folder; password: for the PDFs; archive: PDF/A-2; again: also what was issued before; per: person | employer;
    people, places: for these alone, by 記号-番号-枝番 or by (sheet key, row);
    quiet: nothing is printed;
    progress: called with (letters made, letters wanted, how many of them an earlier run had left).
    """

    formats: tuple[str, ...]
    engine: str
    templates: Path | None
    archive: bool
    password: str | None
    again: bool
    per: str | None
    people: Sequence[str]
    places: Sequence[tuple[str, int]]
    quiet: bool
    progress: Callable[[int, int, int], None] | None
