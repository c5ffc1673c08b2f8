"""A workbook as a package of parts: which part belongs to which."""

from bookparts import make, zips
from sample_rows import people
from shikaku.ooxml.package import Package

FOREIGN = (
    b'<x:Relationship xmlns:x="urn:of-somebody-else" Id="rId0" TargetMode="Internal" Target="/else/where.xml"'
    b' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s"/>'
)


def test_an_element_of_another_namespace_relates_nothing(tmp_path):
    path = make.book(tmp_path / "b.xlsx", {"acquisition": people(1)})
    before = Package.open(path)

    def extended(kind: bytes):
        return lambda data: data.replace(b"<Relationship ", FOREIGN % kind + b"<Relationship ", 1)

    changes = {"_rels/.rels": b"officeDocument", "xl/_rels/workbook.xml.rels": b"styles"}
    zips.edit(path, {part: extended(kind) for part, kind in changes.items()})
    after = Package.open(path)
    assert after.main == before.main
    for part in ("", before.main):
        assert after.relations(part) == before.relations(part)
