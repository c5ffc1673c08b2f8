"""The closed days that a workbook names in its sheet 休日."""

from shikaku.law.closed_days import ClosedDays
from shikaku.model.settings import Settings
from shikaku.model.tables import Book


def closed_days(book: Book, settings: Settings) -> ClosedDays:
    """The closed days of the sheet 休日, and Saturdays and Sundays by the settings."""
    days = {
        date: row.text("name")
        for row in book.rows("closed_days")
        if (date := row.date("date")) is not None
    }
    return ClosedDays(days, saturday_closed=settings.saturday == "closed")
