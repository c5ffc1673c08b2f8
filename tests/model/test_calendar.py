"""The closed days of a workbook: its sheet 休日, and Saturdays by the setting."""

import datetime as dt

import books
from shikaku.model.calendar import closed_days
from shikaku.model.settings import Settings

FRIDAY, SATURDAY, SUNDAY = (dt.date(2026, 4, day) for day in (17, 18, 19))


def test_the_sheet_names_days_and_the_setting_says_of_saturdays():
    rows = [{"date": FRIDAY, "name": "創立記念日"}, {"name": "日付のない行"}]
    closed = closed_days(books.book(closed_days=rows), Settings())
    assert [closed.is_open(day) for day in (FRIDAY, SATURDAY, SUNDAY)] == [False, False, False]
    assert closed.is_open(dt.date(2026, 4, 16))
    opened = closed_days(books.book(), Settings(saturday="open"))
    assert [opened.is_open(day) for day in (FRIDAY, SATURDAY, SUNDAY)] == [True, True, False]
