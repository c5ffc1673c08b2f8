"""Pictures of the workbook for the pages: the sample printed by LibreOffice, a page of each sheet.

    python tests/write_pictures.py    writes tests/pictures/(sheet key).png

The workbook is the sample with few blank rows, since LibreOffice prints all that are prepared;
検証結果 and 資格確認書判定 are as ``check`` and ``decide`` fill them.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent / "kits"))

from office import convert, pdf_pages
from paths import PICTURES
from PIL import Image, ImageChops
from shikaku.jobs import check, decide
from shikaku.jobs.case import session_for
from shikaku.model.schema import schema
from shikaku.template import builder, sample
from shikaku.template.cover_sheet import TITLE

LIMIT = 150_000
DPI = 100
CLOSE = 250
"""For sheets with so many columns that a page's width can't be read: the page's left upper part."""
CLOSE_SHEETS = ("members", "acquisition", "dependants", "loss", "ledger")
CLOSE_SIZE = (1_300, 520)


# Sheet key → the column whose page is shown; the first page for all others.
SHOWN = {"acquisition": "input_check", "loss": "input_check", "ledger": "state"}
WRITTEN = ("findings", "decisions")


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
    bottom = min(bottom + 12, picture.height)
    right = min(right + 12, picture.width)
    picture = picture.crop((max(left - 12, 0), max(top - 12, 0), right, bottom))
    picture.quantize(160, dither=Image.Dither.NONE).save(target, optimize=True)
    assert target.stat().st_size <= LIMIT, (target, target.stat().st_size)


def pages_of(book: Path) -> list[tuple[str, Path]]:
    """Text and picture of every page, printed by LibreOffice."""
    pdf = convert(book, book.parent / book.stem, "pdf")
    pages = pdf_pages(pdf, book.parent / book.stem, DPI)
    return [(text_of(pdf, number), page) for number, page in enumerate(pages, 1)]


def close(page: Path) -> Path:
    """The left upper part of a page (``pages_of``) as a picture in which its text can be read."""
    number = page.stem.rpartition("-")[2]
    (pdf,) = page.parent.glob("*.pdf")
    target = page.with_name(f"close-{number}")
    command = ["pdftoppm", "-r", str(CLOSE), "-f", number, "-l", number, "-png", "-singlefile"]
    subprocess.run([*command, str(pdf), str(target)], check=True, timeout=120)
    picture = Image.open(f"{target}.png")
    left, top = CLOSE // 6, CLOSE // 4  # a little less than the margins
    picture.crop((left, top, left + CLOSE_SIZE[0], top + CLOSE_SIZE[1])).save(f"{target}.png")
    return Path(f"{target}.png")


def main() -> None:
    """Build, print, choose and write."""
    with tempfile.TemporaryDirectory() as folder:
        plain, done = Path(folder) / "plain.xlsx", Path(folder) / "done.xlsx"
        for book in (plain, done):
            book.write_bytes(builder.render(sample.load(), prepared=20))
        check.check(session_for(done), write=True)
        decide.decide(session_for(done), write=True)
        printed = {book: pages_of(book) for book in (plain, done)}
        PICTURES.mkdir(exist_ok=True)
        for key, sheet in schema().sheets.items():
            title = TITLE if key == "cover" else sheet.name
            label = sheet.label(SHOWN[key]) if key in SHOWN else ""
            pages = printed[done if key in WRITTEN else plain]
            page = next(p for text, p in pages if text.lstrip().startswith(title) and label in text)
            write(close(page) if key in CLOSE_SHEETS else page, PICTURES / f"{key}.png")


if __name__ == "__main__":
    main()
