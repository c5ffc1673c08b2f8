"""Runs of a folder with one small template."""

from pathlib import Path

import letterkit
import pytest
from inline_pool import Inline
from letter_runs import produced
from shikaku.system import worker_pool


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
                patched.setattr(worker_pool, "Pool", Inline)
            return produced(letters, tmp_path / out, templates, **options)

    return make
