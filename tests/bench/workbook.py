"""Reading, making and filling, each beside the library that people would take for it.

    python tests/bench/workbook.py [--rows 20000] [--letters 200]

read: a sheet of so many rows and 19 columns, against openpyxl's load and a walk over its cells.
new: an employer's workbook, against openpyxl's load and save of the ready template.
fill: one letter as Word, template compiled, against docxtpl's render and save.
The processor time of the fastest of three runs counts, so a busy machine matters little.
"""

import argparse
import io
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "addin"), str(ROOT / "tests"), str(ROOT / "tests" / "kits")]


def fastest(function: Callable[[], object]) -> float:
    """Processor seconds of the fastest of three calls, after one that warms up."""
    function()
    times = []
    for _ in range(3):
        began = time.process_time()
        function()
        times.append(time.process_time() - began)
    return min(times)


def big_sheet(rows: int) -> bytes:
    """A workbook with so many rows on 資格取得届, texts only."""
    import xlsxwriter
    from shikaku.model.schema import schema

    buffer = io.BytesIO()
    target = xlsxwriter.Workbook(buffer)
    sheet = target.add_worksheet(schema().sheets["acquisition"].name)
    labels = [c.label for c in schema().sheets["acquisition"].columns.values()]
    sheet.write_row(0, 0, labels)
    for row in range(1, rows + 1):
        for column in range(19):
            sheet.write_string(row, column, f"値{row * column % 7000}")
    target.close()
    return buffer.getvalue()


def reading(rows: int) -> tuple[float, float]:
    """Ours and openpyxl's seconds."""
    import openpyxl
    from shikaku.workbook.closed_file import read_bytes

    data = big_sheet(rows)

    def theirs() -> int:
        book = openpyxl.load_workbook(io.BytesIO(data))
        return sum(1 for row in book.worksheets[0].iter_rows() for _ in row)

    return fastest(lambda: read_bytes(data, "b.xlsx")), fastest(theirs)


def making(place: Path) -> tuple[float, float]:
    """Ours and openpyxl's seconds."""
    import openpyxl
    from shikaku.template import builder

    ready = ROOT / "workbooks" / "submission.xlsx"
    return (
        fastest(lambda: builder.build(place / "ours.xlsx")),
        fastest(lambda: openpyxl.load_workbook(ready).save(place / "theirs.xlsx")),
    )


def filling(letters: int) -> tuple[float, float]:
    """Ours and docxtpl's seconds for that many letters."""
    from docxtpl import DocxTemplate
    from shikaku.letters.catalogue import KINDS
    from shikaku.letters.docx.template import Template

    path, context = ROOT / "templates" / "certificate-cover.docx", KINDS["certificate-cover"]
    values = context.example()
    ours = Template(path, context)

    def theirs() -> None:
        document = DocxTemplate(path)
        document.render(values, autoescape=True)
        document.save(io.BytesIO())

    return (
        fastest(lambda: [ours.render(values) for _ in range(letters)]),
        fastest(lambda: [theirs() for _ in range(letters)]),
    )


def main() -> None:
    """Measure and print a table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rows", type=int, default=20_000)
    options.add_argument("--letters", type=int, default=200)
    wanted = options.parse_args()
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        rows = [
            (f"read {wanted.rows:,} rows", "openpyxl", *reading(wanted.rows)),
            ("new workbook", "openpyxl, load and save", *making(Path(folder))),
            (f"fill {wanted.letters} letters", "docxtpl", *filling(wanted.letters)),
        ]
    print("| job | ours, s | peer | peer, s | ours is faster by |\n|---|---|---|---|---|")
    for job, peer, ours, theirs in rows:
        print(f"| {job} | {ours:.2f} | {peer} | {theirs:.2f} | {theirs / ours:.1f}× |")


if __name__ == "__main__":
    main()
