"""Workbooks in other formats (.xls, .xlsb, .ods), read by calamine: their sheets as values.

Values only: no formats, formulas, hidden rows or merged cells. Never written back.
"""

import datetime as dt
import io
from collections.abc import Iterator

from shikaku.system.errors import BookError

ENDINGS = (".xls", ".xlsb", ".ods")
MAX_CELLS = 30_000_000

Grid = list[list[object]]
"""The rows of a sheet from A1 on: text, numbers, dates, True and False, "" for nothing."""


def sheets(data: bytes, name: str) -> Iterator[tuple[str, Grid]]:
    """The tabs of a workbook with their values, those of charts only left out.

    Raises BookError: no workbook, under a password, too large.
    """
    import python_calamine as calamine

    try:
        book = calamine.load_workbook(io.BytesIO(data))
        names = list(book.sheet_names)
    except calamine.PasswordError:
        raise BookError(
            f"「{name}」はパスワードで保護されているため読めません。",
            "Excelで開き、パスワードを外して保存し直してください。",
        ) from None
    except (calamine.CalamineError, OSError, ValueError):
        raise no_workbook(name) from None
    for tab in names:
        try:
            sheet = book.get_sheet_by_name(tab)
            if sheet.total_height * sheet.total_width > MAX_CELLS:
                raise BookError(
                    f"「{name}」のセルが多すぎます({MAX_CELLS:,}個まで)。",
                    "使っていない行と列を削除するか、ファイルを分けてください。",
                )
            grid = sheet.to_python(skip_empty_area=False)
        except (calamine.CalamineError, ValueError):
            continue
        yield tab, [list(row) for row in grid]


def no_workbook(name: str) -> BookError:
    """The error for bytes that are no workbook."""
    return BookError(
        f"「{name}」はExcelのブックとして読めません。",
        "Excelで開き、「名前を付けて保存」で「Excel ブック (*.xlsx)」として保存し直してください。",
    )


def as_xlsx(data: bytes, name: str) -> bytes:
    """The same values as an .xlsx, row by row and column by column where they stood, for our own
    reader. Raises BookError as ``sheets`` does."""
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for tab, grid in sheets(data, name):
            try:
                target = book.add_worksheet(tab)
            except xlsxwriter.exceptions.XlsxWriterException:  # a name that only others allow
                continue
            for row, values in enumerate(grid):
                for column, value in enumerate(values):
                    if isinstance(value, dt.date) and value.year >= 1900:  # datetimes, too
                        target.write_datetime(row, column, value, day)
                    elif isinstance(value, str | bool | int | float) and value != "":
                        target.write(row, column, value)
                    elif value != "":
                        target.write_string(row, column, str(value))
    return out.getvalue()
