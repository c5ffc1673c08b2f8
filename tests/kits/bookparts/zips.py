"""A workbook as its parts, and a workbook from parts."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path


def parts(source: Path | bytes) -> dict[str, bytes]:
    """Part name → content, in the file's order."""
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(contents: Mapping[str, bytes]) -> bytes:
    """A zip file of these parts."""
    buffer = io.BytesIO()
    # Packed loosely: a third of the time.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def edit(path: Path, changes: Mapping[str, bytes | None | Callable[[bytes], bytes]]) -> None:
    """Change parts of a file: new content, None to leave one out, or a function of the old one."""
    contents = parts(path)
    for name, change in changes.items():
        if change is None:
            del contents[name]
        else:
            contents[name] = change(contents[name]) if callable(change) else change
    path.write_bytes(packed(contents))


def sheet_part(source: Path | bytes, name: str) -> str:
    """The part of the tab of that name."""
    contents = parts(source)
    book = contents["xl/workbook.xml"].decode()
    tab = next(t for t in re.findall(r"<sheet [^>]*>", book) if f'name="{name}"' in t)
    relation = re.search(r'r:id="([^"]+)"', tab)[1]
    rels = contents["xl/_rels/workbook.xml.rels"].decode()
    tag = next(t for t in re.findall(r"<Relationship [^>]*>", rels) if f'Id="{relation}"' in t)
    target = re.search(r'Target="([^"]+)"', tag)[1]
    return target.lstrip("/") if target.startswith("/") else "xl/" + target


def changed_sheet(path: Path, name: str, pattern: bytes, new: bytes) -> bytes:
    """The XML of a sheet after its first match of a pattern was replaced; asserts that something matched,
    but for the pattern of the beginning alone. name: of the sheet."""
    part = sheet_part(path, name)
    before = parts(path)[part]
    after = re.sub(pattern, new, before, count=1, flags=re.DOTALL)
    assert pattern == rb"\A" or after != before
    edit(path, {part: after})
    return after
