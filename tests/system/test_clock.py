"""The day is the day in Japan, whatever the machine's zone."""

import datetime as dt
import os
import time

import pytest
from paths import PRODUCT
from shikaku.system import clock


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows では時間帯を切り替えられません。")
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/Los_Angeles"])
def test_today_is_the_day_in_japan(monkeypatch, zone):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        evening = dt.datetime(2026, 4, 15, 15, 30, tzinfo=dt.UTC)  # 16 April, half past midnight

        class Frozen(dt.datetime):
            @classmethod
            def now(cls, tz=None):
                return evening.astimezone(tz)

        monkeypatch.setattr(clock.dt, "datetime", Frozen)
        assert clock.today() == dt.date(2026, 4, 16)
    finally:
        os.environ.pop("TZ", None)
        time.tzset()


def test_nobody_asks_the_machine_for_the_day():
    asking = [
        path.name
        for path in (PRODUCT / "shikaku").rglob("*.py")
        if "date.today()" in path.read_text("utf-8")
    ]
    assert asking == []
