"""README.md says what the code does: its generated parts are up to date, its links lead somewhere."""

import re
from pathlib import Path

import write_readme
from shikaku.cli import LETTER_KINDS, parser
from shikaku.commands import COMMANDS
from shikaku.letters.catalogue import KINDS

TEXT = write_readme.README.read_text("utf-8")


def test_generated_parts_are_what_the_code_says():
    assert write_readme.written(TEXT) == TEXT, "run: python tests/write_readme.py"


def test_links_and_pictures_are_there():
    links = re.findall(r'(?:src|href)="([^"#]+)"|\]\(([^)#]+)\)', TEXT)
    local = [a or b for a, b in links if not (a or b).startswith("http")]
    assert len(local) > 15
    assert [name for name in local if not Path(write_readme.ROOT, name).exists()] == []


def test_every_command_is_wired():
    import argparse

    subs = next(a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    assert set(subs.choices) == set(COMMANDS)
    assert tuple(KINDS) == LETTER_KINDS
