"""A CSV file that somebody else's system has made, as lines with their numbers.

UTF-8 (with or without a BOM), Shift_JIS as Windows writes it (cp932) and UTF-16 with a BOM are
told apart by themselves. A broken file is refused with the line where it breaks; no value is quoted,
since a column out of place may hold anything.
"""

import codecs
import csv
import io
from dataclasses import dataclass
from pathlib import Path

from shikaku.system.errors import BookError
from shikaku.system.reading import read_file
from shikaku.workbook.reader import plain_label

MAX_LINES = 500_000

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SAVE_AS = "Excelの「名前を付けて保存」で「CSV UTF-8(コンマ区切り)」を選ぶか、出し直してください。"


@dataclass(frozen=True, slots=True)
class Record:
    """One line after the header. line: its number in the file, as an editor counts."""

    line: int
    values: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<Record {self.line}>"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A CSV file. header: its first line; encoding: as Python names it."""

    name: str
    encoding: str
    header: tuple[str, ...]
    records: tuple[Record, ...]

    def column(self, headings: list[str]) -> int | None:
        """The number of the first of these headings that is there, None when none is."""
        there = {plain_label(text): i for i, text in reversed(list(enumerate(self.header)))}
        return next((there[h] for text in headings if (h := plain_label(text)) in there), None)


def read(path: Path) -> Sheet:
    """The file. Raises BookError: unreadable, no text, broken quotes, a line with more or fewer
    columns than the header, no lines, more than 500,000 lines."""
    data = read_file(path)
    encoding, text = _text(data, path.name)
    first = text.split("\n", 1)[0]
    delimiter = "\t" if "\t" in first and "," not in first else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: tuple[str, ...] = ()
    records = []
    start = 1
    try:
        for values in reader:
            line, start = start, reader.line_num + 1
            if not any(value.strip() for value in values):
                continue
            if not header:
                header = tuple(value.strip() for value in values)
                continue
            if len(values) != len(header):
                raise _broken(path.name, line, f"列が{len(values)}個です(見出しは{len(header)}個)")
            records.append(Record(line, tuple(value.strip() for value in values)))
            if len(records) > MAX_LINES:
                raise BookError(
                    f"「{path.name}」の行が多すぎます({MAX_LINES:,}行まで)。",
                    "ファイルを分けてください。",
                )
    except csv.Error:
        raise _broken(path.name, start, '引用符(")の対応が正しくありません') from None
    if not header:
        raise BookError(f"「{path.name}」に見出しの行がありません。", _SAVE_AS)
    return Sheet(path.name, encoding, header, tuple(records))


def _broken(name: str, line: int, what: str) -> BookError:
    return BookError(
        f"「{name}」の{line}行目を読めません({what})。",
        "その行をテキストエディターで確かめるか、ファイルを出し直してください。",
    )


def _text(data: bytes, name: str) -> tuple[str, str]:
    """(encoding, text)."""
    if not data.strip():
        raise BookError(f"「{name}」は空のファイルです。", "ファイルを出し直してください。")
    if data.startswith(b"PK") or data.startswith(b"\xd0\xcf\x11\xe0"):
        raise BookError(f"「{name}」はCSVではなく、Excelなどのファイルです。", _SAVE_AS)
    if data.startswith(_UTF16):
        tried = ["utf-16"]
    elif data.startswith(codecs.BOM_UTF8):
        tried = ["utf-8-sig"]
    else:
        tried = ["utf-8", "cp932"]
    where = 0
    for encoding in tried:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            where = max(where, error.start)
            continue
        if "\0" in text:
            raise _broken(name, text[: text.index("\0")].count("\n") + 1, "文字でないデータ")
        return encoding, text.rstrip("\x1a")
    line = data[:where].count(b"\n") + 1
    raise BookError(
        f"「{name}」の{line}行目に、UTF-8としてもShift_JISとしても読めない文字があります。",
        _SAVE_AS,
    )
