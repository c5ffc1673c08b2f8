"""The pages say what the code does: generated parts are up to date, links lead somewhere."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
import shikaku
import write_pages
from shikaku.cli_parser import parser
from shikaku.commands import COMMANDS

ROOT = write_pages.ROOT
FOLDERS = ("", "addin", "macros", "templates", "tests", "tests/bench", "workbooks")
PAGES = sorted(path for folder in FOLDERS for path in Path(ROOT, folder).glob("*.md"))


def names(paths):
    return [path.relative_to(ROOT).as_posix() for path in paths]


each_page = pytest.mark.parametrize("path", PAGES, ids=names(PAGES))


@pytest.mark.parametrize("page", write_pages.PARTS)
def test_generated_parts_are_what_the_code_says(page):
    text = Path(ROOT, page).read_text("utf-8")
    assert write_pages.written(page, text) == text, "run: python tests/write_pages.py"


def test_a_part_without_its_marks_is_reported():
    with pytest.raises(ValueError, match="commands"):
        write_pages.written("addin/COMMANDS.md", "# no marks\n")


def links(text: str) -> list[str]:
    return [a or b for a, b in re.findall(r'(?:src|href)="([^"]+)"|\]\(([^)]+)\)', text)]


def headings(text: str) -> set[str]:
    """The anchors that GitHub gives to a page's headings."""
    plain = [re.sub(r"[^\w\- ]", "", line.lower()) for line in re.findall(r"^#+ (.+)$", text, re.M)]
    return {line.replace(" ", "-") for line in plain}


def test_links_are_found():
    assert len(links(Path(ROOT, "workbooks/README.md").read_text("utf-8"))) > 25


@each_page
def test_links_and_pictures_are_there(path):
    text = path.read_text("utf-8")
    local = [unquote(link) for link in links(text) if not link.startswith("http")]
    for link in local:
        file, _, anchor = link.partition("#")
        target = path.parent / file if file else path
        assert target.exists(), link
        assert not anchor or anchor in headings(target.read_text("utf-8")), link


def test_every_page_is_reached_from_the_readme():
    linked = {(ROOT / link).resolve() for link in links(Path(ROOT, "README.md").read_text("utf-8"))}
    assert names(p for p in PAGES if p.resolve() not in linked) == ["README.md"]


def test_the_readme_is_short():
    assert len(Path(ROOT, "README.md").read_text("utf-8").splitlines()) <= 220


@each_page
def test_no_page_shows_twelve_digits(path):
    assert re.findall(r"(?<![\d０-９])[\d０-９]{12}(?![\d０-９])", path.read_text("utf-8")) == []


def test_every_command_is_wired():
    assert set(write_pages._subcommands(parser())) == set(COMMANDS)


def test_the_changelog_knows_this_version():
    text = Path(ROOT, "addin/CHANGELOG.md").read_text("utf-8")
    assert re.search(rf"^## {re.escape(shikaku.__version__)}\(", text, re.M)


def test_files_that_the_engineers_page_names_are_there():
    named = re.findall(
        r"`((?:addin|macros|templates|tests|workbooks)/[^`<> ]*)`",
        Path(ROOT, "addin/README.md").read_text("utf-8"),
    )
    assert len(named) > 20
    assert [name for name in named if not any(ROOT.glob(name.rstrip("/")))] == []


def test_the_map_has_every_room():
    text = Path(ROOT, "addin/README.md").read_text("utf-8")
    package = Path(shikaku.__file__).parent
    rooms = [p.parent.relative_to(package).as_posix() for p in package.rglob("*/__init__.py")]
    assert rooms and [room for room in rooms if f"`{room}/`" not in text] == []
