"""Rows as people really fill them in, good and bad, made by rule: for the live columns' long test."""

import datetime as dt
import random
import re
from collections.abc import Iterable, Iterator, Mapping

from shikaku.fields import era_date
from shikaku.live import columns as live_columns
from shikaku.live import typed_days
from shikaku.model.schema import EVENT, schema
from shikaku.template import sample
from telling import telling

DATES = (
    *(dt.date(2026, 4, day) for day in range(1, 16)),
    *(dt.date(2026, 4, 28), dt.date(2026, 5, 1), dt.date(2025, 12, 26), dt.date(2026, 9, 17)),
    *(dt.date(2026, 6, 1), dt.date(2019, 5, 1), dt.date(1989, 1, 8), dt.date(2031, 12, 27)),
    dt.datetime(2026, 4, 10, 23, 59),
    *(46113, 46113.5, 20260401, 19260401.0, 0, -1, 2026, 1e12, 20260401.5, 20260230, 99991231),
    *(
        typed_days.serial(era_date.FIRST),
        typed_days.serial(era_date.FIRST) - 1,
        typed_days.serial(era_date.FIRST) - 0.5,
    ),
    *(
        typed_days.serial(era_date.LAST),
        typed_days.serial(era_date.LAST) + 0.75,
        typed_days.serial(era_date.LAST) + 1,
    ),
    *(
        "R8.4.1",
        "令和8年4月1日",
        "2026/4/1",
        "2026-04-01",
        "20260401",
        *(
            "２０２６／４／１",
            "Ｒ８．４．１",
            "r08-04-01",
            "令和元年5月1日",
            "S63/1/7",
            "平成31年5月1日",
        ),
        *(
            "S64.1.8",
            "R0.1.1",
            "H42.1.1",
            "M42.12.31",
            "R82.1.1",
            "2026/2/30",
            "R8.13.1",
            "20260230",
        ),
        *(
            "T15.12.25",
            "昭和元年12月25日",
            "1910/1/1",
            "2099年12月31日",
            "2100-01-01",
            "1909-12-31",
        ),
        *(
            " 2026 / 4 / 1 ",
            "2026-4-1\n",
            "2026ー4ー1",
            "2026/4/1 9:30",
            "R8年4月1日(水)",
            "令8.4.1",
        ),
        *("26/4/1", "4/1/2026", "2026/4", "2026年", "R8", "2026040", "202604011", "-", "2026-4-"),
        *("2026-004-01", "2,026-4-1", "2E3-4-1", "2026,4,1"),
        "46113",
        "あとで",
        "　",
        " ",
    ),
    *(True, False, "#N/A", "#REF!"),
)

BIRTHS = (
    *(dt.date(2012, 3, 4), dt.date(2026, 4, 16), "S64.1.8", "R8.4.2", "昭和63年1月7日", "あとで"),
    29999.999999,
    *(dt.date(1951, 4, 5), "S26.4.10", dt.date(1950, 12, 31)),
)

_GOOD = sample.fictitious_number(7)
_WRONG = _GOOD[:-1] + str((int(_GOOD[-1]) + 1) % 10)
_FULL = str.maketrans("0123456789", "０１２３４５６７８９")

NUMBERS = (
    *(
        _GOOD,
        _WRONG,
        _GOOD.translate(_FULL),
        _WRONG.translate(_FULL),
        _GOOD[:6] + _GOOD[6:].translate(_FULL),
    ),
    *(hyphen.join((_GOOD[:4], _GOOD[4:8], _GOOD[8:])) for hyphen in live_columns.HYPHENS),
    *(space.join((_GOOD[:4], _GOOD[4:8], _GOOD[8:])) for space in typed_days.SPACES),
    *(
        f" {_GOOD}",
        f"{_GOOD}　",
        _GOOD[1:],
        _GOOD + "0",
        _GOOD[2:],
        "0" * 24,
        "1" * 30,
        "1" * 24 + "x",
    ),
    *live_columns.dummies(),
    *(
        "000000000019",
        "100000633520",
        "100000871090",
        "100000079191",
        "111111111111",
        "123456789012",
    ),
    *("4000000000005", "4000000000006", "８７００１１０００５９０１", "8-7001-1000-5901"),
    *(621498320257, 621498320256, 19, 0, 1.5, -5, 1e15, True, False, dt.date(2026, 4, 1)),
    *("1.23457E+11", "1.23457e+11", "9E+3", "E+11", "1.2E-5", "=1+1"),
    *live_columns.pending_words(),
    *(" 後日 ", "na", "Tbd", "（後日）", "後日。", "-", "ー", "－－", "　", " ", "\u00a0"),
    *(
        "12345678901x",
        "x12345678901",
        "一二三四",
        "髙﨑𠮷",
        "𠮷00000000019",
        "AB12345678CD",
        "#N/A",
        "#VALUE!",
    ),
    "マイナンバー:" + _GOOD,
)

TEXTS = (" ", "　", "\u00a0", " 　 ", "#N/A", "#DIV/0!", 0, 1.5, True, "x", "0", "〃")

COUNTS = (
    *(0, 1, 2, 0.0, 1.5, 10**8, "0", "1", "１", "０", " 2 ", "2\n", "1 2", "123456789"),
    *("なし", "0枚", -1, True, "#N/A", " "),
)

KANA = (
    *(
        "ヤマダ　タロウ",
        "ﾔﾏﾀﾞ ﾀﾛｳ",
        "カ゛トウ　タロウ",
        "アンナ＝マリア　ロペス",
        "スカルノ",
        "ヤマダ\u200bタロウ",
        "ヤマダ\tタロウ",
    ),
    *(
        "やまだ　たろう",
        "山田　太郎",
        "エリ－",
        "ヤマダ　タロウ様",
        "ヤマダ1",
        "同上",
        "YAMADA",
        5,
        "ア" * 61 + "x",
        " ",
    ),
)

NAMES = (
    *(
        "山田　太郎",
        "SMITH, JOHN",
        "O’Brien",
        "アンナ・マリア",
        "様",
        "南　様",
        "𠮷田　凜",
        "グエン ティ フォン",
    ),
    *(
        "山田　太郎様",
        "山田　太郎 様 ",
        "山田（旧姓）",
        "山田　太郎※",
        "山田1",
        "〃",
        "同上",
        123,
        "山田@",
        " ",
    ),
)

POSTAL = (
    *(
        "1000005",
        "100-0005",
        "１００ー０００５",
        "〒100-0005",
        "100一0005",
        " 100-0005\n",
        "100-\u200b0005",
    ),
    *(
        "100-005",
        "1000",
        "000-0001",
        "同上",
        "100-0005 東京",
        1000005,
        600001,
        "1" * 25,
        True,
        "#N/A",
        "　",
    ),
)


_ROUGH = {
    repr(value)
    for pool in (DATES, BIRTHS, NUMBERS, TEXTS, COUNTS, KANA, NAMES, POSTAL)
    for value in pool
}


def new_rows(sheet: str, items: Iterable[Mapping], said: Iterable[Mapping]) -> list[Mapping]:
    """Rows that together bring each rough value into each column, leave each blank, and of which the live
    columns say all that they say of any: each column's words, each fault, each 状況 with each 期限の
    状況, of one fault and of several. said: what the live columns say of each row."""
    columns = schema().sheets[sheet].columns

    def brings(pair: tuple[Mapping, Mapping]) -> Iterator[tuple]:
        item, words = pair
        yield from ((key, repr(value)) for key, value in item.items() if repr(value) in _ROUGH)
        yield from ((key, None) for key in columns if key not in item)
        faults = words["input_check"].split("、")
        yield from (("input_check", fault) for fault in faults)
        yield "number_check", words["number_check"]
        status, limit = (re.sub("[0-9]+", "0", words[key]) for key in ("status", "limit_state"))
        yield status, limit, len(faults) > 1

    return [item for item, _ in telling(zip(items, said, strict=True), brings)]


def packed_rows(sheet: str, count: int, seed: int) -> Iterator[dict]:
    """``count`` rows for a filing in which nearly every cell is rough: few of them hold many values."""
    dice = random.Random(f"{sheet} packed {seed}")
    columns = schema().sheets[sheet].columns
    inputs = [key for key, column in columns.items() if column.type != "formula"]
    for person in sample.generate(count, seed):
        row = sample.for_sheet(sheet, person)
        for key in inputs:
            if dice.random() < 0.9:
                _put(row, key, _value(dice, columns[key]))
        yield row


def _put(row: dict, key: str, value: object) -> None:
    """A value into a row; None takes the cell away."""
    if value is None:
        row.pop(key, None)
    else:
        row[key] = value


def rows(sheet: str, count: int, seed: int):
    """``count`` rows for a filing; about every third is clean, every 25th blank."""
    dice = random.Random(f"{sheet} {seed}")
    columns = schema().sheets[sheet].columns
    inputs = [key for key, column in columns.items() if column.type != "formula"]
    for person in sample.generate(count, seed):
        row = sample.for_sheet(sheet, person)
        if dice.random() < 0.04:
            yield {}
            continue
        for _ in range(dice.choice((0, 0, 1, 1, 2, 3, 6))):
            key = dice.choice(inputs)
            _put(row, key, _value(dice, columns[key]))
        # The cells that the live columns look at most, more often than chance would have it.
        if dice.random() < 0.4:
            row["individual_number"] = dice.choice(NUMBERS)
        elif dice.random() < 0.15 and "no_number_reason" in columns:
            row.pop("individual_number", None)
            row["no_number_reason"] = _value(dice, columns["no_number_reason"]) or ""
        if dice.random() < 0.4:
            row[EVENT[sheet]] = dice.choice(DATES)
        if dice.random() < 0.3:
            row["filed"] = dice.choice(DATES)
        if dice.random() < 0.2:
            row.pop("filed", None)
        if dice.random() < 0.1:
            row["birth"] = dice.choice(BIRTHS)
        if "event_reason" in columns and dice.random() < 0.2:
            row["event_reason"] = dice.choice(("出生", "出生のため", "就職"))
            row["birth"] = dice.choice(DATES[:8])
            row["event_date"] = dice.choice(DATES[:8])
        if "cause" in columns and dice.random() < 0.1:
            row["cause"] = schema().lists["loss_cause"]["age_75"]
            row["birth"], row["lost"] = dt.date(1951, 4, 10), dice.choice(DATES[5:12])
        yield row


def _value(dice: random.Random, column):
    if dice.random() < 0.3:
        return None
    if dice.random() < 0.15:
        return dice.choice(TEXTS)
    if column.type == "date":
        return dice.choice(DATES)
    if column.type == "individual_number":
        return dice.choice(NUMBERS)
    typed = {"count": COUNTS, "kana": KANA, "name": NAMES, "postal": POSTAL}
    if column.type in typed:
        return dice.choice(typed[column.type])
    if column.list:
        return dice.choice([*schema().lists[column.list].values(), "ちがう値", " 後日提出"])
    return dice.choice(("x", "東京都", "〃", "山田　太郎", *TEXTS))


def ledger_rows(count: int, seed: int):
    """``count`` rows for 返納管理."""
    dice = random.Random(f"ledger {seed}")
    columns = schema().sheets["ledger"].columns
    lists = schema().lists
    for number in range(count):
        if dice.random() < 0.05:
            yield {}
            continue
        row = {
            "control_no": f"K{number + 1:05d}",
            "document": dice.choice(list(lists["document"].values())),
            "name": "青木　一郎",
            "lost": dice.choice(DATES[:20]),
            "required": dice.choice(list(lists["required"].values())),
            "due": dice.choice(DATES[:20]),
        }
        for key in ("returned", "lost", "due"):
            if dice.random() < 0.4:
                row[key] = dice.choice(DATES)
            if dice.random() < 0.4:
                row.pop(key, None)
        if dice.random() < 0.3:
            row["remarks"] = dice.choice(("返不能", "滅失(火災)", "返納済み", "#N/A", 1, " "))
        if dice.random() < 0.2:
            row["required"] = dice.choice(("#N/A", "？", " ", 1))
        if dice.random() < 0.1:
            key = dice.choice([k for k, c in columns.items() if c.type != "formula"])
            row.pop(key, None)
        yield row
