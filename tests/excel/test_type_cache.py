"""A broken cache of pywin32 is seen; a whole one, and another program's, are not in the way."""

import pytest
from shikaku.excel import type_cache

EXCEL = "00020813-0000-0000-C000-000000000046x0x1x9"
WHOLE = "CLSIDToClassMap = {}\n"


@pytest.mark.parametrize(
    ("files", "count"),
    [
        ({}, 0),
        ({f"{EXCEL}.py": WHOLE}, 0),
        ({f"{EXCEL}/__init__.py": WHOLE, f"{EXCEL}/Range.py": ""}, 0),
        ({f"{EXCEL}.py": ""}, 1),
        ({f"{EXCEL}/__init__.py": "# -*- coding: mbcs -*-\n"}, 1),
        ({"00020905-0000-0000-C000-000000000046x0x8x7.py": ""}, 0),  # Word's
    ],
)
def test_a_module_without_its_table_is_broken(tmp_path, monkeypatch, files, count):
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert len(type_cache.broken(tmp_path)) == count
    monkeypatch.setattr(type_cache, "folder", lambda: tmp_path)
    ((state, _, text),) = type_cache.examine()
    assert state == ("bad" if count else "ok") and str(tmp_path) in text


def test_nothing_is_said_where_there_is_no_cache(tmp_path, monkeypatch):
    monkeypatch.setattr(type_cache, "folder", lambda: tmp_path / "none")
    assert type_cache.examine() == []
