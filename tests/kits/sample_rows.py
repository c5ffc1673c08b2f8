"""Fictitious rows of several sheets, by column key, for workbooks of any builder."""

import dataclasses
import datetime as dt

from shikaku.template import sample
from shikaku.template.content import Content

ACQUISITION = {
    "symbol": "0012",
    "number": "000345",
    "name": "架空 太郎",
    "kana": "カクウ タロウ",
    "birth": dt.date(1990, 1, 2),
    "sex": "男",
    "individual_number": "000000000019",
    "postal_code": "1000001",
    "address": "東京都千代田区千代田1-1",
    "acquired": dt.date(2026, 4, 1),
}
"""One filled row of 資格取得届."""


def people(count: int) -> list[dict]:
    """Rows of 資格取得届, each with a number of its own."""
    return [
        ACQUISITION | {"number": f"{n:06d}", "name": f"架空 {n}号"} for n in range(1, count + 1)
    ]


def person(number: int, **more: object) -> dict:
    """A row of 加入者台帳: an insured person of that 番号."""
    values = {
        "symbol": "0012",
        "number": f"{number:04}",
        "branch": "00",
        "kind": "被保険者",
        "name": "架空 太郎",
        "kana": "カクウ タロウ",
        "birth": dt.date(1980, 1, 2),
        "sex": "男",
        "individual_number": "000000000000",
        "acquired": dt.date(2024, 4, 1),
    }
    return values | more


def ledger_row(number: int, **more: object) -> dict:
    """The number-th row of 返納管理, with a formula in 状況."""
    values = {
        "control_no": f"K{number:04}",
        "document": "資格確認書",
        "symbol": "0012",
        "number": "0001",
        "name": "架空 太郎",
        "due": dt.date(2026, 4, 1),
        "state": f'=IF(N{number + 1}<>"","返納済","")',
        "reminders": 0,
    }
    return values | more


def certificate_holders(count: int, first: int = 1) -> list[dict]:
    """Rows of 加入者台帳: people who get a certificate and are asked about their registration,
    without individual numbers."""
    return [
        {
            "symbol": "1201", "number": f"{n:04d}", "branch": "00", "kind": "被保険者",
            "name": f"見本 {'一二三四五六七八九十'[n % 10]}郎", "kana": "ミホン タロウ", "birth": "H2.1.2",
            "sex": "男", "postal_code": "1000001", "address": "東京都千代田区1-1", "acquired": "R5.4.1",
            "myna_status": "カードなし", "want": "希望する", "department": "総務",
        }
        for n in range(first, first + count)
    ]  # fmt: skip


def short_sample(count: int) -> Content:
    """The sample's first rows of each sheet: of 10 a third of its letters, of as many kinds."""
    whole = sample.load()
    rows = {key: rows if key == "closed_days" else rows[:count] for key, rows in whole.rows.items()}
    return dataclasses.replace(whole, rows=rows)
