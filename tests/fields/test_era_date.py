"""Days: every spelling of the case file, every day of five eras there and back, and speed."""

import datetime as dt

import pytest
from case_files import cases
from hypothesis import given
from hypothesis import strategies as st
from shikaku.fields import era_date, errors

DAYS = st.dates(era_date.FIRST, era_date.LAST)


def by_name(kind):
    return [pytest.param(case, id=case["name"]) for case in cases("fields/era_date", kind)]


@pytest.mark.parametrize("case", by_name("read"))
def test_read(case):
    value = case["value"]
    assert era_date.from_cell(value) == case["day"]
    assert type(era_date.from_cell(value)) is dt.date
    if isinstance(value, str):
        assert era_date.parse(value) == (case["day"], case.get("outdated", False))


@pytest.mark.parametrize("case", by_name("refused"))
def test_refused(case):
    with pytest.raises(errors.FieldError) as caught:
        era_date.from_cell(case["value"])
    assert type(caught.value).__name__ == case["error"]
    assert not era_date.is_valid(case["value"])


@pytest.mark.parametrize("case", by_name("written"))
def test_written(case):
    assert era_date.format(case["day"]) == case["text"]
    assert era_date.format(case["day"], weekday=True) == case["weekday"]
    assert era_date.both(case["day"]) == case["both"]


def test_every_kind_of_fault_is_in_the_cases():
    kinds = {case["error"] for case in cases("fields/era_date", "refused")}
    assert kinds == {"NotADate", "NoSuchDay", "Contradiction", "ImpossibleEra", "OutOfRange"}


@given(DAYS)
def test_what_we_write_we_read(day):
    for text in (
        era_date.format(day),
        era_date.format(day, weekday=True),
        era_date.both(day),
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日",
    ):
        assert era_date.parse(text) == (day, False)


@given(
    DAYS,
    st.sampled_from(
        [
            "{letter}{year}.{month}.{day}",
            "{letter}{year:02}/{month:02}/{day:02}",
            "{kanji}{year}-{month}-{day}",
            "{name}{year}年{month}月{day}日",
        ]
    ),
    st.booleans(),
    st.booleans(),
)
def test_era_spellings(day, form, wide, small):
    era, year = era_date.era_of(day)
    text = form.format(
        letter=era.letter, kanji=era.name[0], name=era.name, year=year, month=day.month, day=day.day
    )
    text = text.lower() if small else text
    text = text.translate({0x21 + i: 0xFF01 + i for i in range(94)}) if wide else text
    assert era_date.from_cell(text) == day


@given(DAYS)
def test_an_excel_serial_and_an_excel_date_are_the_same_day(day):
    serial = (day - dt.date(1899, 12, 30)).days
    assert era_date.from_cell(serial) == era_date.from_cell(float(serial)) == day
    assert era_date.from_cell(dt.datetime.combine(day, dt.time(23, 59))) == day


@given(DAYS, st.integers(1, 99))
def test_one_day_has_one_era_year(day, year):
    """A letter and a year are read as this day only when that is its name (or 平成 went on)."""
    own, own_year = era_date.era_of(day)
    for era in era_date.ERAS:
        text = f"{era.letter}{year}.{day.month}.{day.day}"
        try:
            found, outdated = era_date.parse(text)
        except ValueError:
            continue
        assert found.year == era.first.year + year - 1
        if found == day and not outdated:
            two_names = day == era.last
            assert (era, year) == (own, own_year) or two_names


@given(st.one_of(st.text(), st.floats(), st.integers(), st.none(), st.times()))
def test_anything_else_is_a_typed_error(value):
    try:
        day = era_date.from_cell(value)
    except errors.FieldError:
        return
    assert era_date.FIRST <= day <= era_date.LAST


@given(st.text("RSH元令和平成年月日0123456789./- (水)ー", max_size=14))
def test_date_like_text_is_a_day_or_a_typed_error(text):
    try:
        day = era_date.from_cell(text)
    except errors.FieldError:
        return
    assert era_date.FIRST <= day <= era_date.LAST


def test_eras_touch():
    for old, new in zip(era_date.ERAS, era_date.ERAS[1:], strict=False):
        assert new.first - old.last in (dt.timedelta(0), dt.timedelta(1))


def test_no_era_name_before_the_gregorian_calendar():
    assert era_date.format(dt.date(1873, 1, 1)) == "明治6年1月1日"
    with pytest.raises(errors.OutOfRange):
        era_date.format(dt.date(1872, 12, 31))


def test_errors_do_not_show_the_value():
    with pytest.raises(errors.NotADate) as caught:
        era_date.from_cell("000000000019")
    assert "0019" not in f"{caught.value!r}{caught.value}"


def test_a_text_of_another_class_is_read_as_text():
    """A reader may give texts with more to them, like rich text."""
    text = type("Rich", (str,), {})("R8.4.1")
    assert era_date.from_cell(text) == dt.date(2026, 4, 1)
