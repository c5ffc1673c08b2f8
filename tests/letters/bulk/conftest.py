"""Runs of a folder with one small template."""

from pathlib import Path

import letterkit
import pytest
from inline_pool import letter_workers
from letter_runs import produced
from shikaku.letters.bulk import produce as bulk_produce


@pytest.fixture
def templates(tmp_path) -> Path:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "notice.docx").write_bytes(letterkit.letter_template())
    return folder


@pytest.fixture
def make(tmp_path, templates, monkeypatch):
    """Letters in worker processes where ``jobs`` says how many, otherwise in this one."""

    def make(letters, out="out", **options):
        with monkeypatch.context() as patched:
            if "jobs" not in options:
                patched.setattr(bulk_produce, "own_workers", letter_workers)
            return produced(letters, tmp_path / out, templates, **options)

    return make
