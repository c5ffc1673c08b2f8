"""Workbooks spoilt at random, on three levels. The same seed gives the same files.

    python tests/kits/bookparts/fuzz.py BOOK 5000 [SEED]

reads 5,000 of them, writes into those that can be read, and stops at the first traceback, hang
(10 s), 1 GB of memory, or file written that can't be read again.
"""

import random
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).parents[1]))

from bookparts import zips

_WORDS = [
    b"<", b">", b"&", b'"', b"&#0;", b"&#x110000;", b"]]>", b"<!--", b"<![CDATA[", b"\xff", b"\0",
    b"-1", b"1e308", b"99999999999999999999", b"NaN", b" ", b"A0", b"XFE1", b"=", b"s", b"e", b"d",
    b"<c/>", b"<row/>", b"<v></v>", b"<is/>", b"<f t='shared' si='0'/>", b"<sheetData>", b"r=",
]  # fmt: skip


def mutations(data: bytes, seed: int, count: int) -> Iterator[bytes]:
    """Spoilt versions of a workbook."""
    chance = random.Random(seed)
    contents = zips.parts(data)
    for _ in range(count):
        yield chance.choice((_zip_level, _xml_level, _xml_level, _cell_level, _cell_level))(
            chance, data, contents
        )


def _zip_level(chance: random.Random, data: bytes, contents: dict[str, bytes]) -> bytes:
    spoilt = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
    if chance.random() < 0.2:
        del spoilt[chance.randrange(len(spoilt)) :]
    return bytes(spoilt)


def _xml_level(chance: random.Random, data: bytes, contents: dict[str, bytes]) -> bytes:
    spoilt = dict(contents)
    name = chance.choice([n for n in spoilt if n.endswith((".xml", ".rels"))])
    part = bytearray(spoilt[name])
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(part) + 1)
        kind = chance.randrange(4)
        if kind == 0:
            part[at:at] = chance.choice(_WORDS)
        elif kind == 1:
            del part[at : at + chance.randint(1, 40)]
        elif kind == 2:
            other = chance.randrange(len(part) + 1)
            part[at:at] = part[other : other + chance.randint(1, 200)]
        else:
            part[at : at + 1] = bytes([chance.randrange(256)])
    spoilt[name] = bytes(part)
    if chance.random() < 0.1:
        del spoilt[chance.choice(list(spoilt))]
    return zips.packed(spoilt)


def _cell_level(chance: random.Random, data: bytes, contents: dict[str, bytes]) -> bytes:
    spoilt = dict(contents)
    name = chance.choice([n for n in spoilt if n.startswith(("xl/", "_rels"))])
    part = spoilt[name]
    values = [m.span(1) for m in re.finditer(rb'(?:="|<v>|<t>|<f>)([^"<]*)', part)]
    if not values:
        return zips.packed(spoilt)
    for start, end in sorted(chance.sample(values, min(3, len(values))), reverse=True):
        new = chance.choice([*_WORDS[10:22], part[start:end] * 2, b"", b"0", b"1048577"])
        part = part[:start] + new + part[end:]
    spoilt[name] = part
    return zips.packed(spoilt)


def try_one(data: bytes, folder: Path) -> str:
    """Read a workbook and make every write into it: ``refused``, ``read`` (writing refused) or
    ``written``. Raises whatever the product must not raise."""
    from shikaku.system.errors import BookError
    from shikaku.workbook.closed_file import ClosedBook

    from bookparts.content import everything_in

    path = folder / "b.xlsx"
    path.write_bytes(data)
    session = ClosedBook(path)
    try:
        book = session.read()
    except BookError:
        return "refused"
    try:
        everything_in(session)
        session.commit()
    except BookError:
        assert path.read_bytes() == data
        return "read"
    again = ClosedBook(path).read()
    assert [row.text("code") for row in again.tables["findings"]] == ["RQ01", "MN02"]
    assert len(again.tables["decisions"].rows) == 1
    for key in ("ledger", "history"):
        before = len(book.tables[key].rows) if key in book.tables else 0
        columns = again.tables[key].columns
        if set(columns) & {"control_no", "letter"}:
            assert len(again.tables[key].rows) >= before + 1
    return "written"


def main() -> int:
    """Try many spoilt versions of one workbook; 0 when nothing went wrong."""
    import resource
    import tempfile
    from collections import Counter

    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
    data, count = Path(sys.argv[1]).read_bytes(), int(sys.argv[2])
    outcomes, slowest = Counter(), 0.0
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    with tempfile.TemporaryDirectory() as folder:
        for number, spoilt in enumerate(mutations(data, seed, count)):
            begun = time.monotonic()
            try:
                outcomes[try_one(spoilt, Path(folder))] += 1
            except BaseException:
                Path("fuzz-failure.xlsx").write_bytes(spoilt)
                print(f"No. {number}: see fuzz-failure.xlsx")
                raise
            slowest = max(slowest, time.monotonic() - begun)
            if slowest > 10:
                Path("fuzz-failure.xlsx").write_bytes(spoilt)
                raise SystemExit(f"No. {number} took {slowest:.1f} s: see fuzz-failure.xlsx")
    print(dict(outcomes), f"slowest {slowest:.2f} s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
