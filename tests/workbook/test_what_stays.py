"""Writing into a closed workbook: everything that is not ours stays byte for byte."""

import re

import office
import pytest
from bookparts import rich, zips
from bookparts.content import decision
from bookparts.ours import NAMES, everything, read, table, xml
from findings import finding
from shikaku.jobs.output_rows import write_decisions, write_findings
from shikaku.workbook.closed_file import ClosedBook


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The rich workbook before and after all writes."""
    folder = tmp_path_factory.mktemp("both")
    before = rich.book(folder / "before.xlsx")
    after = folder / "after.xlsx"
    after.write_bytes(before.read_bytes())
    everything(ClosedBook(after))
    return before, after


def test_parts_that_are_not_ours_stay_byte_for_byte(both):
    before, after = both
    old, new = zips.parts(before), zips.parts(after)
    written = ("acquisition", "findings", "decisions", "ledger", "history")
    ours = {zips.sheet_part(before, NAMES[key]) for key in written}
    ours |= {table(before, key).part for key in ("findings", "decisions", "ledger")}
    ours |= {"xl/styles.xml", "xl/workbook.xml"}
    ours |= {"xl/_rels/workbook.xml.rels", "[Content_Types].xml"}  # the calculation chain goes
    assert {name for name in new if old.get(name) != new[name]} <= ours
    assert set(old) - set(new) == {"xl/calcChain.xml"}
    assert set(new) <= set(old)
    kept = "drawings/ charts/ media/ comments1 sharedStrings theme featurePropertyBag docProps/"
    for word in kept.split():
        assert any(word in name and old[name] == new[name] for name in old), word
    own = zips.sheet_part(before, rich.OWN_SHEET)
    assert b"by hand" in old[own] and old[own] == new[own]


def test_entries_keep_their_order_and_their_compressed_bytes(both):
    import zipfile

    before, after = both
    with zipfile.ZipFile(before) as old, zipfile.ZipFile(after) as new:
        names = [n for n in old.namelist() if n != "xl/calcChain.xml"]
        assert new.namelist() == names
        assert new.testzip() is None
        for name in names:
            one, other = old.getinfo(name), new.getinfo(name)
            assert (one.date_time, one.compress_type) == (other.date_time, other.compress_type)
            if one.CRC == other.CRC:
                assert one.compress_size == other.compress_size


def tokens(data: bytes) -> list[bytes]:
    return re.split(rb"(?=<)", data)


def differences(old: bytes, new: bytes) -> list[tuple[bytes, bytes]]:
    """The tags that differ, in documents of the same shape."""
    one, other = tokens(old), tokens(new)
    assert len(one) == len(other)
    return [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]]


def test_a_marked_sheet_changes_only_in_the_styles_of_the_marked_cells(tmp_path):
    before = rich.book(tmp_path / "before.xlsx")
    after = tmp_path / "after.xlsx"
    after.write_bytes(before.read_bytes())
    session = ClosedBook(after)
    session.read()
    write_findings(session, [finding("acquisition", 2, "name"), finding("acquisition", 7, "birth")])
    session.commit()
    changes = differences(xml(before, "acquisition"), xml(after, "acquisition"))
    assert [re.search(rb'r="(\w+)"', new)[1] for _, new in changes] == [b"D2", b"G7"]
    for old, new in changes:
        assert re.sub(rb' s="\d+"', b"", old) == re.sub(rb' s="\d+"', b"", new)
    assert b"rPh" in zips.parts(after)["xl/sharedStrings.xml"]
    for word in (
        b"phoneticPr",
        b"x14:",
        b'z:own="1"',
        b"legacyDrawing",
        b"sparkline",
        b'hidden="1"',
    ):
        assert word in xml(after, "acquisition"), word


def test_styles_only_grow(tmp_path):
    before = rich.book(tmp_path / "before.xlsx")
    after = tmp_path / "after.xlsx"
    after.write_bytes(before.read_bytes())
    everything(ClosedBook(after))
    old, new = zips.parts(before)["xl/styles.xml"], zips.parts(after)["xl/styles.xml"]
    for section in (b"fonts", b"fills", b"cellXfs"):
        one = re.search(rb"<%s[^>]*>(.*?)</%s>" % (section, section), old, re.DOTALL)[1]
        other = re.search(rb"<%s[^>]*>(.*?)</%s>" % (section, section), new, re.DOTALL)[1]
        assert other.startswith(one) and len(other) > len(one)
        count = int(re.search(rb'<%s count="(\d+)"' % section, new)[1])
        children = rb"<(?:font|fill)>" if section != b"cellXfs" else rb"<xf "
        assert len(re.findall(children, other)) == count
    rest = rb"<(?:fonts|fills|cellXfs).*?</(?:fonts|fills|cellXfs)>"
    assert re.sub(rest, b"", old, flags=re.DOTALL) == re.sub(rest, b"", new, flags=re.DOTALL)


def test_the_validator_has_nothing_against_it(both):
    before, after = both
    assert office.validate(before) == ""
    assert office.validate(after) == ""


def test_libreoffice_opens_it_and_sees_the_rows(both, tmp_path):
    saved = office.convert(both[1], tmp_path / "lo")
    assert [row.text("code") for row in read(saved, "findings")] == ["RQ01", "RQ01"]
    assert [row.text("state") for row in read(saved, "ledger")] == ["済", "済"]  # recalculated
    assert [row.text("remarks") for row in read(saved, "acquisition")][2] == "確認済"


def test_doing_it_twice_changes_nothing_more(tmp_path):
    path = rich.book(tmp_path / "b.xlsx")
    findings = [finding("acquisition", 2, "name"), finding("acquisition", 3, "sex", "warning")]
    for expected in (True, False):
        old = path.read_bytes()
        session = ClosedBook(path)
        session.read()
        write_findings(session, findings)
        write_decisions(session, [decision(2)])
        session.commit()
        assert (path.read_bytes() != old) is expected


def test_without_a_write_the_file_is_not_touched(tmp_path):
    path = rich.book(tmp_path / "b.xlsx")
    stat = path.stat()
    session = ClosedBook(path)
    session.read()
    session.commit()
    session.set_cells([])
    session.commit()
    assert path.stat().st_mtime_ns == stat.st_mtime_ns and path.stat().st_ino == stat.st_ino
    assert not list(tmp_path.glob("*.bak"))
