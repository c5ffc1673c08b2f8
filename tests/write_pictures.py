"""Pictures of the workbook for the README: the sample printed by LibreOffice, a page each.

    python tests/write_pictures.py    writes tests/pictures/{cover,acquisition,loss,ledger}.png

The workbook is the sample with few blank rows, since LibreOffice prints all that are prepared.
"""

import subprocess
import tempfile
from pathlib import Path

from office import convert, pdf_pages
from PIL import Image, ImageChops
from shikaku.book import sample, template
from shikaku.book.template.cover import STEPS_TITLE, TITLE
from shikaku.schema import schema

PICTURES = Path(__file__).parent / "pictures"
LIMIT = 150_000
DPI = 100


def chosen() -> dict[str, tuple[str, str]]:
    """Picture → the sheet's name and a label that stands on the page wanted."""
    sheets = schema().sheets
    return {
        "cover": (TITLE, STEPS_TITLE),
        "acquisition": (sheets["acquisition"].name, sheets["acquisition"].label("input_check")),
        "loss": (sheets["loss"].name, sheets["loss"].label("input_check")),
        "ledger": (sheets["ledger"].name, sheets["ledger"].label("state")),
    }


def text_of(pdf: Path, page: int) -> str:
    """The text of one page."""
    command = ["pdftotext", "-f", str(page), "-l", str(page), "-layout", str(pdf), "-"]
    return subprocess.run(command, check=True, capture_output=True).stdout.decode("utf-8")


def write(page: Path, target: Path) -> None:
    """The page without its white border and footer, in as few colours as do."""
    picture = Image.open(page).convert("RGB")
    picture = picture.crop((0, 0, picture.width, int(picture.height * 0.945)))
    white = Image.new("RGB", picture.size, "white")
    left, top, right, bottom = ImageChops.difference(picture, white).getbbox()
    picture = picture.crop((left - 12, top - 12, right + 12, bottom + 12))
    picture.quantize(160, dither=Image.Dither.NONE).save(target, optimize=True)
    assert target.stat().st_size <= LIMIT, (target, target.stat().st_size)


def main() -> None:
    """Build, print, choose and write."""
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "sample.xlsx"
        book.write_bytes(template.render(sample.load(), prepared=20))
        pdf = convert(book, Path(folder), "pdf")
        pages = pdf_pages(pdf, Path(folder) / "pages", DPI)
        texts = [text_of(pdf, number) for number in range(1, len(pages) + 1)]
        PICTURES.mkdir(exist_ok=True)
        for name, (sheet, label) in chosen().items():
            number = next(
                i for i, text in enumerate(texts) if sheet in text[:400] and label in text
            )
            write(pages[number], PICTURES / f"{name}.png")


if __name__ == "__main__":
    main()
