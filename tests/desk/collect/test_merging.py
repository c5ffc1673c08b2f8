"""Which rows of which files count, by cases: copies, corrections, further submissions, later runs."""

import datetime as dt
from collections import defaultdict
from pathlib import Path

import pytest
from case_files import by_name, cases
from shikaku.desk.collect import pairing
from shikaku.desk.collect.employers import employers, sender
from shikaku.desk.collect.inbox import Attachment
from shikaku.desk.collect.merging import Known, final_cells, merge
from shikaku.desk.collect.pairing import Line
from shikaku.desk.collect.reading import SHEETS, Taken, TakenRow
from shikaku.desk.collect.received import Receipt
from shikaku.model import employers as employers_master
from shikaku.model import schema
from shikaku.model.tables import DATE, TEXT, Book, Cell, Row, Table

DAY = dt.date(2026, 12, 31)
EVENT = {**schema.EVENT, "members": "acquired"}


def cell(text):
    try:
        return Cell(dt.date.fromisoformat(text), DATE)
    except ValueError:
        return Cell(text, TEXT)


def row(text, number):
    sheet, name, birth, day, *more = (part.strip() for part in text.split("|"))
    cells = {"name": name, "birth": birth, EVENT[sheet]: day}
    cells |= dict(item.split("=") for item in more)
    return TakenRow(sheet, number, {key: cell(value) for key, value in cells.items()})


def rows(texts):
    counted = defaultdict(lambda: 1)
    found = []
    for text in texts:
        counted["row"] += 1  # one count for all sheets: the numbers tell the rows apart
        found.append(row(text, counted["row"]))
    return found


def taken(item):
    day = item["day"]
    attachment = Attachment(
        day, item.get("modified", f"{day} 09:00:00"), item["name"], Path(item["name"])
    )
    return Taken(
        attachment,
        item.get("fingerprint", f"print of {item['name']}"),
        item.get("content", f"content of {item['name']}"),
        item.get("symbol", "1001"),
        item.get("employer", "株式会社みほん"),
        {"insurer_number": item["insurer"]} if "insurer" in item else {},
        rows=rows(item.get("rows", ())),
        problem=item.get("problem", ""),
    )


def held(merged):
    """File → numbers of its rows in the worklist, of a run that began with an empty one."""
    found = defaultdict(list)
    for line in merged.lines:
        found[line.receipt.file].append(line.row.number)
    return {name: sorted(numbers) for name, numbers in found.items()}


def master(case):
    """The sheet 事業所 of a case: "記号 | 名称 | 旧名称"."""
    lines = []
    for number, text in enumerate(case.get("master", ()), 2):
        keys = ("symbol", "name", "former")
        parts = (part.strip() for part in text.split("|"))
        cells = {key: Cell(part, TEXT) for key, part in zip(keys, parts, strict=True) if part}
        lines.append(Row("employers", number, cells))
    spec = schema.schema().desk["employers"]
    return employers_master.read(Book("x", {"employers": Table(spec, rows=lines)}))


def told(merged):
    files = {r.receipt_no: r.file for r in merged.receipts}
    return [f"{d.sheet} {files[d.receipt_no]}:{d.number} {d.item}" for d in merged.differences]


@pytest.mark.parametrize("case", cases("desk/collect/merging", "once"), ids=by_name)
@pytest.mark.parametrize("backwards", [False, True], ids=["", "files in the other order"])
def test_case(case, backwards):
    files = [taken(item) for item in case["files"]]
    known = Known(master(case), (), case.get("insurer", ""))
    merged = merge([], [], files[::-1] if backwards else files, DAY, known)
    assert {r.file: r.state for r in merged.receipts} == case["state"]
    assert held(merged) == case["counts"]
    assert told(merged) == case.get("differences", [])
    names = employers(merged.receipts, known.master)
    for name, called in case.get("called", {}).items():
        assert names[next(r.receipt_no for r in merged.receipts if r.file == name)] == called
    assert len({r.receipt_no for r in merged.receipts}) == len(files)
    for name, words in case.get("told", {}).items():
        receipt = next(r for r in merged.receipts if r.file == name)
        assert any(words in note for note in receipt.notes), receipt.notes


@pytest.mark.parametrize("case", cases("desk/collect/merging", "again"), ids=by_name)
def test_again(case):
    earlier = merge([], [], [taken(item) for item in case["before"]], DAY)
    places = dict.fromkeys(SHEETS, 1)
    standing = []
    for line in earlier.lines:
        places[line.row.sheet] += 1
        line.place, line.old = places[line.row.sheet], dict(line.row.cells)
        origin = f"{line.receipt.file}:{line.row.number}"
        mine = case.get("changed", {}).get(origin, {})
        line.old |= {key: cell(text) for key, text in mine.items()}
        line.row = TakenRow(line.row.sheet, line.row.number, line.old)
        line.__dict__.pop("traits", None)
        if origin not in case.get("out", ()):
            standing.append(line)
    kept = earlier.kept if {"changed", "out"} & set(case) else ()  # since version 0.2
    for number, receipt in enumerate(earlier.receipts, 2):
        receipt.row, receipt.fresh, receipt.changed = number, False, False
    files = [taken(item) for item in case["files"]]
    merged = merge(earlier.receipts, standing, files, DAY, Known(kept=kept))
    assert {r.file: r.state for r in merged.receipts} == case["state"]
    new = {f"{line.receipt.file}:{line.row.number}": line for line in merged.lines}
    assert {key: line.place or 0 for key, line in new.items()} == case["places"]
    assert told(merged) == case.get("differences", [])
    for key, wanted in case.get("cells", {}).items():
        cells = final_cells(new[key])
        assert {k: cells[k].text if k in cells else "" for k in wanted} == wanted
    if "receipts" in case:
        assert len(merged.receipts) == case["receipts"]


@pytest.mark.parametrize(
    ("name", "mine", "theirs", "same"),
    [
        ("見本 太郎", "000000000019", "0000-0000-0019", True),  # the birth date is corrected
        ("見本 太郎", "000000000019", "000000000027", False),
        ("実例 花子", "000000000019", "000000000019", False),  # one number, two people: MN08
        ("見本 太郎", "000000000000", "000000000000", False),  # a dummy tells nobody
    ],
)
def test_the_number_is_one_trait_of_two(name, mine, theirs, same):
    one = row("acquisition | 見本 太郎 | 1990-01-01 | 2026-04-01", 2)
    other = row(f"acquisition | {name} | 1995-05-05 | 2026-04-03", 2)
    one.cells["individual_number"] = Cell(mine, TEXT)
    other.cells["individual_number"] = Cell(theirs, TEXT)
    receipt = Receipt("R00001", "taken", "a", DAY, "")
    found = pairing.pairs([Line(receipt, one)], [Line(receipt, other)])
    assert bool(found) == same
    assert "00000000" not in repr([one, found, pairing.traits(one)])


def test_sender():
    assert sender("12", "有限会社みほん") == sender("１２", "㈲みほん")
    assert sender("12", "みほん") != sender("012", "みほん")
