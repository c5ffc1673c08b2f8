"""Employers' workbooks for the desk's tests: quick to make, every individual number fictitious."""

import datetime as dt
import hashlib
import os
import re
from pathlib import Path

import openpyxl
from bookparts import hands
from bookparts.plan import grid
from shikaku.fields import individual_number
from shikaku.model.schema import schema
from shikaku.model.tables import Book
from shikaku.system import encryption
from shikaku.template import sample
from shikaku.template.builder import Content, render
from shikaku.workbook.closed_file import ClosedBook

DAY = dt.date(2026, 4, 15)
PASSWORD = "himitsu-no-kotoba"
PEOPLE = ("members", "acquisition", "dependants", "loss")


def number(index: int) -> str:
    """A test number: 000000…, right check digit."""
    return sample.fictitious_number(index)


def clean(count: int, seed: int = 1, **more) -> list[dict]:
    """Rows without errors on ``DAY`` that any sheet of people may take (``sample.for_sheet``)."""
    rows = []
    for index, row in enumerate(sample.generate(count, seed)):
        acquired = dt.date(2026, 4, 1)
        row |= {
            "acquired": acquired,
            "event_date": acquired,
            "lost": acquired,
            "left": acquired - dt.timedelta(1),
            "filed": dt.date(2026, 4, 3),
            "individual_number": number(seed * 100 + index),
            "symbol": str(1200 + seed),
            "attached_count": 0,
            "not_returnable_count": 0,
        }
        rows.append(row | more)
    return rows


def content(employer: str, symbol: str, **sheets) -> Content:
    """What an employer's workbook holds. sheets: sheet key → rows."""
    settings = {
        "employer_name": employer,
        "employer_symbol": symbol,
        "insurer_name": "ひかり産業健康保険組合",
        "insurer_number": "06130009",
        "as_of": DAY,
    }
    rows = {
        key: [{k: v for k, v in sample.for_sheet(key, r).items() if v != ""} for r in items]
        for key, items in sheets.items()
    }
    return Content(rows, settings)


def rendered(held: Content, prepared: int | None = None) -> bytes:
    """The product's workbook of that content (``template.builder.render``): each is made once."""
    key = hashlib.sha256(repr((held.rows, held.settings, held.hidden, prepared)).encode()).digest()
    if key not in _made:
        _made[key] = render(held, prepared)
    return _made[key]


_made: dict[bytes, bytes] = {}


def book(employer: str = "株式会社みほん", symbol: str = "1201", **sheets) -> bytes:
    """An employer's workbook."""
    return rendered(content(employer, symbol, **sheets), prepared=3)


def put(path: Path, data: bytes, day: dt.date = DAY, hour: int = 9) -> Path:
    """A file that was last changed at that hour of that day."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    moment = dt.datetime.combine(day, dt.time(hour)).timestamp()
    os.utime(path, (moment, moment))
    return path


def seal(data: bytes, password: str = PASSWORD) -> bytes:
    """The workbook under a password."""
    return encryption.seal(data, password)


def by_hand(rows: dict[str, list[dict]], labels: dict[str, str] | None = None, **settings) -> bytes:
    """A workbook by another program (openpyxl): columns in reverse order, no Excel tables, other
    labels (present → own), only the columns that the rows have."""
    labels = labels or {}
    plan = [
        grid(
            schema().sheets["settings"].name,
            [(schema().settings[key].label, value) for key, value in settings.items()],
        )
    ]
    for key in PEOPLE:
        spec, items = schema().sheets[key], rows.get(key, [])
        keys = [k for k in reversed(spec.columns) if any(k in item for item in items)] or ["name"]
        heads = [labels.get(spec.label(k), spec.label(k)) for k in keys]
        values = [[item.get(k) for k in keys] for item in items]
        plan.append(grid(labels.get(spec.name, spec.name), [heads, *values]))
    return hands.written(plan, hands.Openpyxl())


def read(path: Path) -> Book:
    """The workbook as our reader has it."""
    return ClosedBook(path).read()


def receipts(path: Path) -> dict[str, dict[str, str]]:
    """受付一覧 by file: label → text, read by openpyxl so that nothing of ours vouches for it."""
    rows = sheet_values(path, schema().desk["receipts"].name)
    found = [dict(zip(rows[0], row, strict=True)) for row in rows[1:] if any(row)]
    return {item["ファイル"]: item for item in found}


def sheet_values(path: Path, sheet: str) -> list[tuple]:
    """The rows of a sheet by openpyxl, [] where there is none: this sheet alone, a quarter of the time."""
    target = openpyxl.load_workbook(path, read_only=True)
    try:
        return list(target[sheet].iter_rows(values_only=True)) if sheet in target.sheetnames else []
    finally:
        target.close()


_DIGEST = re.compile("[0-9a-f]{64}")
_RUN = re.compile(r"(?<!\d)\d{12}(?!\d)")


def numbers_in(text: str) -> list[str]:
    """Individual numbers (by their check digit) in a text."""
    text = _DIGEST.sub("", text)  # of the usage log: now and then one looks like it
    return [n for n in _RUN.findall(text) if individual_number.is_valid(n)]


def plain_workbook() -> bytes:
    """A workbook that is none of ours."""
    return hands.written([grid("Sheet", [["売上", 1]])], hands.Openpyxl())


def state_of(result, name: str) -> str:
    """What became of a file: the state in its receipt."""
    return next(r.state for r in result.receipts if r.file == name)
