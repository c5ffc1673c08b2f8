"""Habits that a reader relies on: what fails is caught by name, and a function can be taken in at once.

Each list below may only shrink: what gets better is taken off, and nothing is put on it for ease.
"""

import ast
import re
from collections.abc import Iterator

import pytest
from order import FIRST
from paths import PACKAGE, TESTS
from radon.complexity import cc_visit_ast
from sources import tree

LONGEST, MOST_COMPLEX = 60, 15

BLIND: dict[str, tuple[int, str]] = {
    "excel.reading.OpenWorkbook.defined_name": (
        1,
        "how Excel tells that there is no such name differs by system",
    ),
    "app.actions.guarded": (1, "a window that vanishes says nothing; the mistake is reported"),
    "cli._run": (1, "the last line of defence: no traceback for users, a report instead"),
    "cluster.connection.Cluster.answer": (
        1,
        "Dask has an error for each way in which a result can be lost",
    ),
    "cluster.connection._within.carry_out": (1, "it is raised again where it is waited for"),
    "cluster.tasks.run": (1, "its text may quote a cell, and a scheduler would log it"),
    "desk.collect.reading.take": (
        1,
        "a file that finds a mistake of ours must not cost the others",
    ),
    "excel.hidden_rows.special": (1, 'each system has its own error for "no such cells"'),
    "excel.host.active_book": (1, 'each system has its own error for "no workbook"'),
    "excel.host.selected_cells": (
        1,
        "a chart, or nothing, is selected: xlwings' and Excel's errors",
    ),
    "excel.reading._TopRows.rows": (1, "a sheet that isn't ours: nothing depends on it"),
    "excel.session._autosaves": (1, "each system has its own error for no such property"),
    "excel.native_mac.Mac.freeze_header": (1, "AppleScript; a help, the sheet is whole without it"),
    "excel.native_mac.Mac.show_all": (1, 'AppleScript has an error for "nothing is filtered"'),
    "excel.native_mac.Mac.tell": (1, "what the ribbon shows is a help; the work is done"),
    "excel.native_windows.Com.tell": (1, "what the ribbon shows is a help; the work is done"),
    "excel.native_mac.Mac.underline": (1, "AppleScript; a help, the link is one without it"),
    "excel.native_windows.Com._has_macros": (
        1,
        "Excel's error for no add-in, or for a rule against its macros",
    ),
    "excel.native_windows.Com.fill": (1, 'Excel has an error for "not of the theme"'),
    "excel.native_windows.Com.free_tables": (1, "the other settings must still be given back"),
    "excel.native_windows.Com.has_dynamic_arrays": (
        1,
        "pywin32's own error for a name that Excel doesn't know",
    ),
    "excel.native_mac.Mac.has_dynamic_arrays": (1, "AppleScript's error for a name it lacks"),
    "excel.native_mac.Mac.has_array": (1, "AppleScript's error for a name it lacks"),
    "excel.native_mac.Mac.is_marked": (1, "AppleScript's error for a name it lacks"),
    "excel.host._process_of": (1, "pywin32's own error for a window that has gone"),
    "excel.stopping._windows_key.down": (1, "pywin32's own error while no window is in front"),
    "excel.native_windows.Com.hold_tables": (1, "a help: our writes are right without it"),
    "excel.native_windows.Com.unprotect": (1, "Excel's answer to a wrong password is an error"),
    "excel.reading.values_of": (2, "Excel refuses a block for one cell; halving finds it"),
    "excel.session.OpenBook._keep_step": (1, "the write is done: it costs the way back alone"),
    "excel.session.OpenBook._unsaved": (
        2,
        "older Excels and the Mac lack the property; what failed before is raised",
    ),
    "excel.session.still": (2, "each setting of Excel's is given back, whatever the others do"),
    "excel.status_bar.StatusBar._show": (
        1,
        "Excel is busy or gone; progress must not stop the work",
    ),
    "excel.undo.UndoSteps.undo": (1, "the other steps must still be tried"),
    "letters.fonts.fallback.Spare._look": (
        1,
        "a font of somebody else's that can't be read is no reason to stop",
    ),
    "letters.pdf.rdocx.engine.Embedded._lay_out": (
        1,
        "the library has an exception for each way to be broken",
    ),
    "letters.pdf.word.Word._run_windows": (
        2,
        "com_error exists on Windows only; the batch sees what has no PDF",
    ),
    "letters.pdf.word.Word._start": (2, "com_error exists on Windows only; becomes PdfError"),
    "excel.button._failed": (1, "no Excel to say it in; it goes to the macro"),
    "excel.button.run": (2, "the last line of defence behind a button; the mistake is reported"),
    "system.encryption.unseal": (
        1,
        "olefile and msoffcrypto raise whatever a damaged container leads them to",
    ),
    "system.worker_pool._serve": (1, "whatever it is, it is this job's: the others must go on"),
}
"""Function → how often it swallows everything, and why."""

LONG: dict[str, int] = {}
"""Function → its lines, more than LONGEST."""

COMPLEX: dict[str, int] = {}
"""Function → its cyclomatic complexity as radon counts it, more than MOST_COMPLEX."""

SOURCES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path.read_text("utf-8")
    for path in sorted(PACKAGE.rglob("*.py"))
}


def functions(body: list[ast.stmt], inside: str) -> Iterator[tuple[str, ast.stmt]]:
    """Every function with its dotted name, also methods and functions inside functions."""
    for node in body:
        name = f"{inside}.{getattr(node, 'name', '')}"
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield name, node
            yield from functions(node.body, name)
        elif isinstance(node, ast.ClassDef):
            yield from functions(node.body, name)


def long_functions(source: str, module: str) -> dict[str, int]:
    """Function → lines from ``def`` to its end, of those that are too long."""
    found = functions(tree(source).body, module)
    lines = {name: node.end_lineno - node.lineno + 1 for name, node in found}
    return {name: count for name, count in lines.items() if count > LONGEST}


def complex_functions(source: str, module: str) -> dict[str, int]:
    """Function → complexity, of those that are too complex."""
    blocks = [block for block in cc_visit_ast(tree(source)) if block.letter in "FM"]
    return {
        f"{module}.{block.fullname}": block.complexity
        for block in blocks
        if block.complexity > MOST_COMPLEX
    }


def blind_excepts(source: str, module: str) -> dict[str, int]:
    """Function → how often it swallows everything, by ``except`` or ``suppress``."""
    found: dict[str, int] = {}

    def visit(node: ast.AST, name: str) -> None:
        for child in ast.iter_child_nodes(node):
            named = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            if is_blind(child):
                found[name] = found.get(name, 0) + 1
            visit(child, f"{name}.{child.name}" if named else name)

    visit(tree(source), module)
    return found


def is_blind(node: ast.AST) -> bool:
    """A handler of everything that doesn't end with ``raise``, or ``suppress(Exception)``."""
    if isinstance(node, ast.ExceptHandler):
        again = isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
        return is_everything(node.type) and not again
    if isinstance(node, ast.Call):
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        return called.endswith("suppress") and any(map(is_everything, node.args))
    return False


def is_everything(caught: ast.expr | None) -> bool:
    """Bare, ``Exception`` or ``BaseException``, also among others."""
    if isinstance(caught, ast.Tuple):
        return any(map(is_everything, caught.elts))
    return caught is None or ast.unparse(caught) in ("Exception", "BaseException")


def over_all(measure) -> dict[str, int]:
    return {k: v for module, source in SOURCES.items() for k, v in measure(source, module).items()}


def test_what_catches_everything_says_why():
    assert over_all(blind_excepts) == {name: count for name, (count, _) in BLIND.items()}
    assert all(len(reason.split()) > 3 for _, reason in BLIND.values())


@pytest.mark.parametrize(
    ("measure", "listed"), [(long_functions, LONG), (complex_functions, COMPLEX)]
)
def test_functions_can_be_taken_in_at_once(measure, listed):
    found = over_all(measure)
    assert {k: v for k, v in found.items() if v > listed.get(k, 0)} == {}, "take it apart"
    assert {k: v for k, v in listed.items() if v > found.get(k, 0)} == {}, "shorten the list"


def test_the_measures_see():
    """The tests above can fail."""
    lines = "".join(f"    x = {n}\n" for n in range(LONGEST))
    assert long_functions(f"class A:\n  def f():\n{lines}", "m") == {"m.A.f": LONGEST + 1}
    assert long_functions(f"def f():\n{lines[10:]}", "m") == {}
    tests = "".join(f"    if x == {n}: pass\n" for n in range(MOST_COMPLEX))
    assert complex_functions(f"class A:\n  def f(x):\n{tests}", "m") == {"m.A.f": MOST_COMPLEX + 1}
    for caught in ("", " Exception", " BaseException as e", " (OSError, Exception)"):
        source = f"class A:\n  def f(x):\n    try: x()\n    except{caught}: pass\n"
        assert blind_excepts(source, "m") == {"m.A.f": 1}
        assert blind_excepts(source.replace("pass", "\n        y()\n        raise"), "m") == {}
    assert blind_excepts("with suppress(OSError, Exception): x", "m") == {"m": 1}
    assert blind_excepts("with suppress(OSError): x", "m") == {}
    assert blind_excepts("try: x\nexcept OSError: pass", "m") == {}


def test_a_class_name_has_one_meaning() -> None:
    """``api`` is aside: its results are the jobs' results, under the names that programs know."""
    named: dict[str, list[str]] = {}
    for module, source in SOURCES.items():
        if module != "api":
            for node in tree(source).body:
                if isinstance(node, ast.ClassDef):
                    named.setdefault(node.name.lstrip("_"), []).append(module)
    assert {name: modules for name, modules in named.items() if len(modules) > 1} == {}


def test_the_order_names_tests_that_are_there() -> None:
    files = {path.relative_to(TESTS).as_posix(): path for path in TESTS.rglob("test_*.py")}
    for name in FIRST:
        file, _, function = name.partition("::")
        found = [path.read_text("utf-8") for place, path in files.items() if place.startswith(file)]
        assert any(re.search(rf"^ *(def|class) {function}", text, re.M) for text in found), name
