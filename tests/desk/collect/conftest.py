"""What the tests of ``collect`` begin with: a log of their own, a folder of files, a book to come, passwords."""

import pytest
from desk_books import PASSWORD


@pytest.fixture(autouse=True)
def log(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))


@pytest.fixture
def inbox(tmp_path):
    (tmp_path / "inbox").mkdir()
    return tmp_path / "inbox"


@pytest.fixture
def out(tmp_path):
    return tmp_path / "BOOK.xlsx"


@pytest.fixture
def passwords(tmp_path):
    path = tmp_path / "passwords.txt"
    path.write_text(f"another-one\n\n{PASSWORD}\n", "utf-8-sig")
    return path
