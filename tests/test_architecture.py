"""The rooms and their arrows: who may import whom, and what the core must not know."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
import shikaku

PACKAGE = Path(shikaku.__file__).parent
# A room may import rooms of a lower floor, or its own.
FLOORS = {
    "__main__": 100,
    "cli": 95,
    "commands": 90,
    "ribbon": 90,
    "doctor": 85,
    "excel_host": 85,
    "jobs": 80,
    "desk": 70,
    "install": 70,
    "book": 60,
    "letters": 50,
    "live_counts": 45,
    "returns": 40,
    "checks": 40,
    "live": 38,
    "decisions": 35,
    "tidy": 35,
    "records": 25,
    "settings": 25,
    "book.tables": 20,
    "law": 10,
    "fields": 10,
}
# ``book.atomic`` (files whole or not at all) and ``book.package`` (zip and XML with limits) know
# no workbook of ours; letters use them for their own files.
TOOLS = {"book.atomic", "book.package", "book.archive", "book.markup", "book.disk"}
CORE = ("fields", "law", "checks", "decisions")
FILES_OF_THE_CORE = {"schema.py"}


def modules():
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path, path.relative_to(PACKAGE).with_suffix("").parts


def imported(path: Path):
    """(module, inside a function, only for types) for every import of ours."""
    tree = ast.parse(path.read_text("utf-8"))
    typing = {
        id(node)
        for outer in ast.walk(tree)
        if isinstance(outer, ast.If) and getattr(outer.test, "id", "") == "TYPE_CHECKING"
        for node in ast.walk(outer)
    }
    for node in ast.walk(tree):
        if id(node) in typing:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room(pieces) -> str:
    """The room of a module, or of what is imported from one."""
    return "book.tables" if tuple(pieces[:2]) == ("book", "tables") else pieces[0]


@pytest.mark.parametrize(
    "path", [p for p, _ in modules()], ids=lambda p: p.relative_to(PACKAGE).as_posix()
)
def test_arrows_run_downwards(path):
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    mine = room(parts)
    if mine not in FLOORS:
        return
    for name in imported(path):
        pieces = name.split(".")
        if pieces[0] != "shikaku" or len(pieces) < 2 or ".".join(pieces[1:3]) in TOOLS:
            continue
        theirs = room(pieces[1:])
        if theirs in FLOORS and theirs != mine:
            assert FLOORS[theirs] < FLOORS[mine], f"{mine} imports {name}"


@pytest.mark.parametrize("word", ["openpyxl", "xlwings", "lxml", "docx", "zipfile", "xlsxwriter"])
def test_the_core_knows_no_excel(word):
    for path, parts in modules():
        if parts[0] in CORE:
            assert word not in {n.split(".")[0] for n in imported(path)}, path


def test_the_core_knows_no_clock():
    for path, parts in modules():
        if parts[0] in (*CORE, "returns", "letters", "live", "records", "tidy"):
            text = path.read_text("utf-8")
            assert "today()" not in text and ".now(" not in text, path


def test_nothing_of_xlwings_pro():
    for path, _ in modules():
        assert not [n for n in imported(path) if n.startswith("xlwings.pro")], path


def test_labels_stand_in_the_schema_only():
    """Header labels in code would be a second place for one fact; messages may speak of them."""
    from shikaku.schema import schema

    labels = {c.label for s in schema().sheets.values() for c in s.columns.values()}
    labels |= {s.name for s in schema().sheets.values()}
    for path, parts in modules():
        if parts[0] not in ("decisions", "checks", "returns", "book", "jobs"):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if called and node.func.attr in ("text", "date", "cell", "choice", "count"):
                said = {a.value for a in node.args if isinstance(a, ast.Constant)}
                assert not said & labels, (path, node.lineno)


def test_help_starts_without_the_big_libraries():
    code = (
        "import sys, shikaku.cli as c; c.parser();"
        "print([m for m in ('lxml','openpyxl','xlwings','docx','rdocx','pikepdf','jinja2',"
        "'xlsxwriter','pandas','tqdm') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_macros_are_ascii():
    from shikaku import resources

    for path in resources.folder("macros").glob("*.bas"):
        assert path.read_bytes().isascii(), path
