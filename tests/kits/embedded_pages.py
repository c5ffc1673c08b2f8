"""Pages of the embedded engine for tests: printed, opened, their lines."""

import datetime as dt
import io
import re

import pikepdf
from letterkit import docx
from shikaku.letters.pdf.base import Fault, PrintJob
from shikaku.letters.pdf.finish import Finish

DAY = Finish(dt.date(2026, 4, 15))

NAMES = ("見本　太郎", "見本　花子")


def printed(engine, body: str, *, values=(), pages=None, how=DAY, **parts):
    piece = PrintJob(docx(body, title="題", **parts), "題", tuple(values), pages, NAMES)
    return engine.convert([piece], how)[0]


def pdf_of(result) -> pikepdf.Pdf:
    assert not isinstance(result, Fault), result
    return pikepdf.open(io.BytesIO(result.pdf))


def baselines(result) -> list[float]:
    """Where the lines stand, in points from the top."""
    with pdf_of(result) as pdf:
        content = pdf.pages[0].Contents.read_bytes()
    return sorted(
        {round(float(y), 1) for y in re.findall(rb"1 0 0 -1 [\d.]+ ([\d.]+) Tm", content)}
    )
