"""The rooms and their floors: who may import whom, and what the core must not know."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import shikaku
from sources import tree

PACKAGE = Path(shikaku.__file__).parent

FLOORS = {
    # the doors
    "__main__": 110,
    "cli": 105,
    "cli_parser": 100,
    "cli_examples": 99,
    "commands": 100,
    # the doors of programs
    "frames": 104,
    "individual_numbers": 103,
    "api": 102,
    "json_schemas": 96,
    "ribbon_row": 101,
    "ribbon": 100,
    "ribbon_help": 95,
    "app": 95,
    # what each door opens
    "jobs": 90,
    "install": 80,
    # the insurer's desk
    "desk": 75,
    "desk.collect": 70,
    # letters
    "cluster": 69,
    "letters.bulk": 68,
    "letters.labels": 67,
    "letters.template_check": 67,
    "letters.template_trial": 66,
    "letters.design": 66,
    "letters.contexts": 66,
    "letters.pdf.choose": 65,
    "letters.pdf.rdocx": 64,
    "letters.pdf": 63,
    "letters": 62,
    "letters.docx": 61,
    "letters.fonts": 60,
    # the workbook
    "forms": 58,
    "template": 57,
    "excel": 55,
    "workbook": 50,
    "ooxml": 30,
    # the rules
    "live": 45,
    "checks": 45,
    "returns": 45,
    "decisions": 40,
    "identity": 30,
    "tidy": 30,
    # what everybody stands on
    "model": 20,
    "system": 12,
    "fields": 10,
    "law": 10,
    "": 0,  # the package itself: its version
}
"""Room (or a module named for itself) → floor. A room imports from lower floors and its own."""

CORE = ("fields", "law", "model", "identity", "checks", "decisions")
CLOCKLESS = (*CORE, "returns", "live", "letters", "tidy", "template", "ooxml", "workbook")

PATHS = sorted(PACKAGE.rglob("*.py"))


def dotted(path: Path) -> str:
    """``desk/collect/inbox.py`` → ``desk.collect.inbox``; a room's ``__init__`` is the room."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {dotted(path) for path in PATHS}


@cache
def imported(source: str) -> list[str]:
    """Every module of an import statement, also one inside a function or for types only."""
    return list(_imported(source))


def _imported(source: str) -> Iterator[str]:
    for node in ast.walk(tree(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module, f"line {node.lineno}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def ours(source: str) -> set[str]:
    """The modules of the package that a module's source imports."""
    found = set()
    for name in imported(source):
        head, _, rest = name.partition(".")
        if head == "shikaku":
            # ``from module import name``: the module; ``from room import module``: the module.
            found.add(rest if rest in MODULES else rest.rpartition(".")[0])
    return found


def room(module: str) -> str:
    """The longest name in FLOORS that a module's name begins with. KeyError for none."""
    pieces = module.split(".")
    for length in range(len(pieces), 0, -1):
        if (name := ".".join(pieces[:length])) in FLOORS:
            return name
    if module in ("", "__init__"):
        return ""
    raise KeyError(f"{module} stands on no floor")


@pytest.mark.parametrize("path", PATHS, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_arrows_run_downwards(path: Path) -> None:
    assert upwards(room(dotted(path)), path.read_text("utf-8")) == []


def upwards(mine: str, source: str) -> list[str]:
    """The modules above, or beside, a room that a module of it imports."""
    others = [name for name in ours(source) if room(name) != mine]
    return [name for name in others if FLOORS[room(name)] >= FLOORS[mine]]


@pytest.mark.parametrize(
    "line",
    [
        "import shikaku.jobs.case",
        "import shikaku.jobs.case as start",
        "from shikaku import jobs",
        "from shikaku.jobs import case",
        "from shikaku.jobs.case import session_for",
        "if TYPE_CHECKING:\n    from shikaku.jobs.case import session_for",
        "def later():\n    from shikaku.jobs import case",
    ],
)
def test_an_import_upwards_is_seen(line: str) -> None:
    """``schema`` that imports ``jobs``, in whatever words."""
    assert upwards("model", f"from shikaku.fields import text\n{line}\n") != []
    assert upwards("commands", line) == []


def test_a_relative_import_is_refused() -> None:
    with pytest.raises(AssertionError, match="relative"):
        upwards("model", "from ..jobs import case")


def test_every_floor_is_lived_on() -> None:
    assert {room(module) for module in MODULES} == set(FLOORS)


def test_no_circle_of_modules() -> None:
    arrows = {dotted(p): ours(p.read_text("utf-8")) - {dotted(p)} for p in PATHS}
    while free := {name for name, below in arrows.items() if not below & set(arrows)}:
        arrows = {name: below for name, below in arrows.items() if name not in free}
    assert sorted(arrows) == []


def test_every_room_says_what_lives_there() -> None:
    """Two sentences: what lives there, what never may."""
    for path in PATHS:
        if path.name == "__init__.py" and path.parent != PACKAGE:
            said = ast.get_docstring(tree(path.read_text("utf-8"))) or ""
            assert len(said.split(".")) > 2 and "ever" in said, path


def test_no_room_holds_more_than_an_eighth() -> None:
    lines = {path: len(path.read_text("utf-8").splitlines()) for path in PATHS}
    rooms: dict[Path, int] = {}
    for path, count in lines.items():
        rooms[path.parent] = rooms.get(path.parent, 0) + count
    most = sum(lines.values()) / 8
    assert {str(folder): n for folder, n in rooms.items() if n > most} == {}


@pytest.mark.parametrize("word", ["openpyxl", "xlwings", "lxml", "docx", "zipfile", "xlsxwriter"])
def test_the_core_knows_no_excel(word: str) -> None:
    for path in PATHS:
        if dotted(path).split(".")[0] in CORE:
            assert word not in {n.split(".")[0] for n in imported(path.read_text("utf-8"))}, path


def test_the_core_knows_no_clock() -> None:
    for path in PATHS:
        if dotted(path).split(".")[0] in CLOCKLESS:
            text = path.read_text("utf-8")
            assert "today()" not in text and ".now(" not in text, path


def test_the_core_knows_no_job() -> None:
    """``model`` above all: it is read by everybody."""
    for path in PATHS:
        if dotted(path).split(".")[0] in CORE:
            assert not {
                n
                for n in ours(path.read_text("utf-8"))
                if n.split(".")[0] in ("jobs", "desk", "letters")
            }


def test_the_file_format_knows_no_form_of_ours() -> None:
    for path in PATHS:
        if dotted(path).startswith("ooxml."):
            assert "schema" not in {n.rpartition(".")[2] for n in ours(path.read_text("utf-8"))}, (
                path
            )


def test_nothing_of_xlwings_pro() -> None:
    for path in PATHS:
        assert not [n for n in imported(path.read_text("utf-8")) if n.startswith("xlwings.pro")], (
            path
        )


def test_labels_stand_in_the_schema_only() -> None:
    """Header labels in code would be a second place for one fact; messages may speak of them."""
    from shikaku.model.schema import schema

    labels = {c.label for s in schema().sheets.values() for c in s.columns.values()}
    labels |= {s.name for s in schema().sheets.values()}
    for path in PATHS:
        for node in ast.walk(tree(path.read_text("utf-8"))):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if called and node.func.attr in ("text", "date", "cell", "choice", "count"):
                said = {a.value for a in node.args if isinstance(a, ast.Constant)}
                assert not said & labels, (path, node.lineno)


def test_help_starts_without_the_big_libraries() -> None:
    code = (
        "import sys, shikaku.cli_parser as c; c.parser();"
        "print([m for m in ('lxml','openpyxl','xlwings','docx','rdocx','pikepdf','jinja2',"
        "'xlsxwriter','pandas','numpy','python_calamine','tqdm','dask') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_macros_are_ascii() -> None:
    from shikaku.system import resources

    for path in resources.folder("macros").glob("*.bas"):
        assert path.read_bytes().isascii(), path
