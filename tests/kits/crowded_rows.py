"""Thousands of rows that are alike in one thing or in all, and workbooks that are full of something else:
for ``tests/bench/growth.py`` and for tests that count work."""

import datetime as dt
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

DAY = dt.date(2026, 4, 15)
Row = dict[str, object]
Rows = dict[str, list[Row]]
RowsOf = Callable[[str, int], Rows]
"""A shape and how many rows → the sheets."""
SHEETS = ("members", "acquisition", "dependants", "loss", "ledger")


def person(**more: object) -> Row:
    """The one person of whom all rows are copies."""
    return {
        "symbol": "101",
        "number": "1",
        "branch": "00",
        "kind": "被保険者",
        "name": "見本 太郎",
        "kana": "ミホン タロウ",
        "birth": dt.date(1980, 5, 5),
        "sex": "男",
        "individual_number": "000000000019",
        "acquired": dt.date(2024, 4, 1),
        "event_date": dt.date(2026, 3, 31),
        "event": "非該当",
        "lost": dt.date(2026, 4, 1),
        "left": dt.date(2026, 3, 31),
        "cause": "退職等",
        "filed": dt.date(2026, 4, 3),
        "insured_name": "見本 太郎",
        "relationship": "長男",
        "postal_code": "100-0001",
        "address": "東京都千代田区千代田1-1",
        "myna_status": "カードなし",
        "want": "希望する",
        "issued": dt.date(2025, 4, 1),
        "expiry": dt.date(2026, 5, 31),
        "document": "資格確認書",
        **more,
    }


def somebody(n: int) -> Row:
    """A person of whom nothing is another's but 記号, address and days."""
    from shikaku.fields.individual_number import calc_check_digit

    eleven = f"000000{n % 100_000:05}"
    kana = "".join("アイウエオカキクケコ"[int(digit)] for digit in f"{n:05}")
    return {
        "number": str(n + 1),
        "branch": f"{n % 90:02}",
        "name": f"見本 {chr(0x4E00 + n % 20_000)}郎",
        "kana": f"ミホン {kana}",
        "birth": dt.date(1955, 1, 1) + dt.timedelta(n),
        "individual_number": eleven + calc_check_digit(eleven),
    }


def _but(*same: str) -> Callable[[int], Row]:
    """People who have these in common, and nothing else."""
    return lambda n: person(**{k: v for k, v in somebody(n).items() if k not in same})


def _other(n: int) -> Row:
    return person(**somebody(n))


PEOPLE: dict[str, Callable[[int], Row]] = {
    "alike": lambda n: person(),
    "one name": _but("name", "kana"),
    "one birth": _but("birth"),
    "one number": _but("individual_number"),
    "one household": _but("number"),
    "one household, no branch": lambda n: {**_but("number")(n), "branch": ""},
    "namesakes": _but("name", "kana", "birth"),
    "no 番号": lambda n: person(name=somebody(n // 2)["name"], number=""),
    "kana only": lambda n: {**_other(n), "name": ""},
    "nothing but a name": lambda n: {"name": person()["name"]},
}
"""Shape → its n-th row, on whatever sheet."""


def on_all_sheets(shape: str, count: int) -> Rows:
    """The same people on five sheets, a fifth of the rows on each."""
    each = [PEOPLE[shape](n) for n in range(count // len(SHEETS))]
    rows = {sheet: each for sheet in SHEETS}
    numbers = [f"K{n:05}" for n in range(len(each))]
    rows["ledger"] = [{**row, "control_no": no} for row, no in zip(each, numbers, strict=True)]
    if shape == "no 番号":
        rows["members"] = [row | {"number": str(n)} for n, row in enumerate(each)]
    return rows


def members(shape: str, count: int) -> Rows:
    """As many in 加入者台帳 as there are in a list beside it."""
    return {"members": [PEOPLE[shape](n) for n in range(count // 2)]}


def control_no(shape: str, n: int) -> str:
    """One for all where people are alike."""
    return "K00001" if shape in ("alike", "one number") else f"K{n:05}"


def ledger(shape: str, count: int) -> Rows:
    """As many certificates as there are in a list beside them."""
    rows = [PEOPLE[shape](n) for n in range(count // 2)]
    return {"ledger": [row | {"control_no": control_no(shape, n)} for n, row in enumerate(rows)]}


def cards(shape: str, count: int) -> Rows:
    """People, and as many certificates."""
    rows = members(shape, count * 2 // 3)["members"]
    held = [row | {"control_no": control_no(shape, n)} for n, row in enumerate(rows)]
    return {"members": rows, "ledger": held}


def namesakes(_: str, count: int) -> Rows:
    """People of one name and birthday, and filings of such people that have no 番号 yet."""
    rows = [PEOPLE["namesakes"](n) for n in range(count // 2)]
    new = [row | {"number": "", "individual_number": ""} for row in rows]
    return {"members": rows, "acquisition": new}


def direct(shape: str, count: int) -> Rows:
    """任意継続: their letters go straight home, each an envelope, and were issued today."""
    rows = [PEOPLE[shape](n) | {"kind": "任意継続被保険者"} for n in range(count // 2)]
    history = [
        row | {"letter": "notice", "issued": DAY, "title": "資格情報のお知らせ"} for row in rows
    ]
    return {"members": rows, "history": history}


def numbers_to_erase(shape: str, count: int) -> Rows:
    """Lost five years ago: every number is past its retention."""
    old = {"lost": dt.date(2020, 4, 1), "left": dt.date(2020, 3, 31), "filed": dt.date(2020, 4, 3)}
    old |= {"acquired": dt.date(2010, 4, 1)}
    rows = [PEOPLE[shape](n) | old for n in range(count // 2)]
    return {"members": rows, "loss": rows}


# ------------------------------------------------------------------ one thing only


def removals(_: str, count: int) -> Rows:
    """One insured and 非該当 of so many dependants, of one birth."""
    row = person(kind="被扶養者", branch="")
    filings = [{**row, "name": f"見本 {n}子"} for n in range(count)]
    return {"members": [person()], "dependants": filings}


def half_nameless(_: str, count: int) -> Rows:
    """Dependants under one 記号・番号 without 枝番, half of them of one name, each of another birth."""
    rows = [_dependant(n) | {"branch": "", "lost": None} for n in range(count // 2)]
    named = {"name": person()["name"], "kana": person()["kana"]}
    rows = [row | named if n % 2 else row for n, row in enumerate(rows)]
    held = [row | {"control_no": f"K{n:05}"} for n, row in enumerate(rows)]
    return {"members": [person(lost=None), *rows], "ledger": held}


def namesakes_with_cards(_: str, count: int) -> Rows:
    """Dependants of one name under one 記号・番号, each born and enrolled on days of their own, and as many
    certificates, which may be anybody's who was enrolled before."""
    rows = [
        person(
            kind="被扶養者",
            birth=dt.date(1950, 1, 1) + dt.timedelta(n),
            acquired=dt.date(1990, 1, 1) + dt.timedelta(n),
            lost=None,
            branch="",
            individual_number="",
        )
        for n in range(count // 2)
    ]
    held = [
        row | {"issued": dt.date(2025, 4, 1), "control_no": f"K{n:05}"}
        for n, row in enumerate(rows)
    ]
    return {"members": [person(lost=None), *rows], "ledger": held}


def _dependant(n: int) -> Row:
    return person(**somebody(n) | {"number": "1", "kind": "被扶養者", "branch": f"{n % 90 + 1:02}"})


def family(_: str, count: int) -> Rows:
    """One insured, everybody else a dependant of theirs."""
    rest = [_dependant(n) | {"lost": None} for n in range(count - 1)]
    return {"members": [person(lost=None), *rest]}


def family_leaves(_: str, count: int) -> Rows:
    """The same family, and as many losses of the insured."""
    return {**family("", count // 2), "loss": [person() for _ in range(count // 2)]}


def family_grows(_: str, count: int) -> Rows:
    """The same family, and 該当 of as many further dependants."""
    new = [_dependant(n + count) | {"event": "該当"} for n in range(count // 2)]
    return {**family("", count // 2), "dependants": new}


def members_leave(_: str, count: int) -> Rows:
    """So many insured of one 記号・番号, and the loss of each."""
    rows = [PEOPLE["one household"](n) for n in range(count // 2)]
    return {"members": [row | {"lost": None} for row in rows], "loss": rows}


def _certificates(count: int, **more: object) -> list[Row]:
    first = dt.date(1980, 1, 1)
    return [
        person(control_no=f"K{n:05}", issued=first + dt.timedelta(n), lost=None, **more)
        for n in range(count)
    ]


def certificates(_: str, count: int) -> Rows:
    """One person with so many certificates."""
    return {"members": [person(lost=None, acquired=None)], "ledger": _certificates(count)}


def reissues(_: str, count: int) -> Rows:
    """The same, each to be issued again."""
    ordered = _certificates(count, handling="再交付 紛失")
    return {"members": [person(lost=None, acquired=None)], "ledger": ordered}


def family_reissues(_: str, count: int) -> Rows:
    """Certificates of one family: its insured's to be issued again, and every other one of the others'."""
    people = [person(lost=None), *(_dependant(n) | {"lost": None} for n in range(count // 2 - 1))]
    held = [
        row | {"control_no": f"K{n:05}", "handling": None if n % 2 else "再交付 氏名変更"}
        for n, row in enumerate(people)
    ]
    return {"members": people, "ledger": held}


def lost_certificates(_: str, count: int) -> Rows:
    """Certificates and losses of one 記号・番号, of the same people."""
    rows = [PEOPLE["one household"](n) for n in range(count // 2)]
    held = [row | {"control_no": f"K{n:05}", "lost": None} for n, row in enumerate(rows)]
    return {"ledger": held, "loss": rows}


def losses_of_one(_: str, count: int) -> Rows:
    """The same of one person: each loss on another day, each certificate of another."""
    days = [dt.timedelta(n) for n in range(count // 2)]
    held = [row | {"lost": None} for row in _certificates(count // 2)]
    lost = [
        person(lost=dt.date(1980, 1, 2) + day, left=dt.date(1980, 1, 1) + day, filed=DAY)
        for day in days
    ]
    return {"ledger": held, "loss": lost}


def comings_and_goings(_: str, count: int) -> Rows:
    """One person who joins and leaves so many times."""
    days = [dt.date(1970, 1, 1) + dt.timedelta(3 * n) for n in range(count // 3)]
    end = dt.timedelta(2)
    joined = [person(acquired=day, lost=None, filed=DAY) for day in days]
    left = [person(lost=day + end, left=day + end / 2, filed=DAY) for day in days]
    known = [person(acquired=day, lost=day + end) for day in days]
    return {"members": known, "acquisition": joined, "loss": left}


def comings_and_goings_of_a_family(_: str, count: int) -> Rows:
    """An insured and a dependant who join and leave so many times."""
    days = [dt.date(1970, 1, 1) + dt.timedelta(3 * n) for n in range(count // 4)]
    end = dt.timedelta(2)
    child = {"branch": "01", "kind": "被扶養者", "name": "見本 次郎", "birth": dt.date(1969, 5, 5)}
    known = [person(acquired=day, lost=day + end) for day in days]
    dependants = [person(acquired=day, lost=None, **child) for day in days]
    left = [person(lost=day + end, left=day + end / 2, filed=DAY) for day in days]
    removed = [person(event_date=day + end, filed=DAY, **child) for day in days]
    return {"members": known + dependants, "dependants": removed, "loss": left}


def one_control_number(_: str, count: int) -> Rows:
    """Everybody's certificate has one 管理番号."""
    rows = [_other(n) for n in range(count // 2)]
    return {"members": rows, "ledger": [row | {"control_no": "K00001"} for row in rows]}


def long_history(_: str, count: int) -> Rows:
    """発行履歴 of six letters for each other row, all of one person."""
    letters = [
        person(
            letter="certificate", title="資格確認書", issued=DAY - dt.timedelta(n % 3000), file="a"
        )
        | {"control_no": f"K{n:06}"}
        for n in range(count * 6)
    ]
    return {"members": [_other(n) for n in range(count)], "history": letters}


def long_texts(_: str, count: int) -> Rows:
    """8,000 characters in a cell of each row, of each another text."""
    rows = [_other(n) | {"remarks": f"{n:05}" + "備考" * 4000} for n in range(count // 2)]
    return {"members": rows, "loss": rows}


def long_names(_: str, count: int) -> Rows:
    """8,000 characters in name, kana and address of each row."""
    more = {"name": "見本 " + "太" * 8000, "kana": "ミホン " + "タ" * 8000, "address": "東" * 8000}
    return {"members": [person(**more, number=str(n)) for n in range(count)]}


def digits(_: str, count: int) -> Rows:
    """8,000 digits in a remark of each row, where a number may hide at every place."""
    rows = [_other(n) | {"remarks": f"{n:05}" + "1" * 8000} for n in range(count)]
    return {"members": rows}


def few(_: str, count: int) -> Rows:
    """A hundred members: what there are so many of is something else."""
    return {"members": [_other(n) for n in range(100)]}


# ------------------------------------------------------------------ workbooks


def write(path: Path, rows: Rows, **settings: object) -> Path:
    """An employer's workbook with these rows."""
    from shikaku.model.schema import schema
    from shikaku.template.builder import Content, render

    wanted = {
        sheet: [
            {k: v for k, v in row.items() if v is not None and k in schema().sheets[sheet].columns}
            for row in each
        ]
        for sheet, each in rows.items()
    }
    path.write_bytes(render(Content(wanted, {"as_of": DAY, **settings}), 3))
    return path


def _before(text: str, tags: tuple[str, ...], new: str) -> str:
    """A part with something before the first of these elements."""
    at = min(found.start() for tag in tags if (found := re.search(f"<{tag}[ >/]", text)))
    return text[:at] + new + text[at:]


_AFTER_MERGES = ("phoneticPr", "conditionalFormatting", "dataValidations", "pageMargins")


def merged(text: str, count: int) -> str:
    """Two cells merged far below the rows, so many times."""
    cells = "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(2000, 2000 + count))
    return _before(text, _AFTER_MERGES, f'<mergeCells count="{count}">{cells}</mergeCells>')


def conditional_formats(text: str, count: int) -> str:
    """So many rules, each for a row."""
    rules = "".join(
        f'<conditionalFormatting sqref="A{n}:X{n}"><cfRule type="expression" dxfId="0" '
        f'priority="{n + 100}"><formula>$A{n}="x"</formula></cfRule></conditionalFormatting>'
        for n in range(2, 2 + count)
    )
    return _before(text, ("conditionalFormatting", "dataValidations", "pageMargins"), rules)


def validations(text: str, count: int) -> str:
    """So many rules of what may be typed."""
    rules = "".join(
        f'<dataValidation type="whole" allowBlank="1" sqref="Z{n}"><formula1>1</formula1>'
        f"<formula2>{n}</formula2></dataValidation>"
        for n in range(2, 2 + count)
    )
    text = re.sub(r'(<dataValidations) count="\d+"', r"\1", text)
    return text.replace("</dataValidations>", rules + "</dataValidations>", 1)


def names(text: str, count: int) -> str:
    """So many defined names, of 加入者台帳's cells."""
    new = "".join(
        f"<definedName name=\"Mine{n:05}\">'加入者台帳'!$A${n + 2}</definedName>"
        for n in range(count)
    )
    return text.replace("</definedNames>", new + "</definedNames>", 1)


PARTS: dict[str, tuple[str, Callable[[str, int], str]]] = {
    "merged cells": ("xl/worksheets/sheet3.xml", merged),
    "conditional formats": ("xl/worksheets/sheet3.xml", conditional_formats),
    "data validations": ("xl/worksheets/sheet3.xml", validations),
    "defined names": ("xl/workbook.xml", names),
}
"""What a workbook is full of → the part that has it, and how it gets there."""


def filled(path: Path, what: str, count: int) -> None:
    """Put so many of them into a workbook."""
    part, change = PARTS[what]
    other = path.with_suffix(".new")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename == part:
                data = change(data.decode("utf-8"), count).encode("utf-8")
            new.writestr(entry, data)
    shutil.move(other, path)


def with_sheets(path: Path, count: int) -> None:
    """So many further sheets, each with a cell."""
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>'
    )
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
    end = {
        "xl/workbook.xml": (
            "</sheets>",
            '<sheet name="Mine{n}" sheetId="{id}" r:id="rIdMine{n}"/>',
        ),
        "xl/_rels/workbook.xml.rels": (
            "</Relationships>",
            f'<Relationship Id="rIdMine{{n}}" Type="{kind}" Target="worksheets/mine{{n}}.xml"/>',
        ),
        "[Content_Types].xml": (
            "</Types>",
            f'<Override PartName="/xl/worksheets/mine{{n}}.xml" ContentType="{mime}"/>',
        ),
    }
    other = path.with_suffix(".new")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            text = old.read(entry)
            if entry.filename in end:
                mark, line = end[entry.filename]
                lines = "".join(line.format(n=n, id=n + 1000) for n in range(count))
                text = text.replace(mark.encode(), lines.encode() + mark.encode(), 1)
            new.writestr(entry, text)
        for n in range(count):
            new.writestr(f"xl/worksheets/mine{n}.xml", sheet)
    shutil.move(other, path)
