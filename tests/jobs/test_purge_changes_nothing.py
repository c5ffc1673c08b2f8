"""An erased number is not an unregistered one: what every command says before and after a purge."""

import datetime as dt
import json

import openpyxl
import pytest
from desk_books import book, clean, numbers_in, put, read
from shikaku import cli
from shikaku.live import columns as live_columns

THEN, NOW = dt.date(2026, 4, 8), dt.date(2028, 4, 10)


@pytest.fixture(autouse=True)
def log(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))
    monkeypatch.chdir(tmp_path)


def said(capsys, *words) -> tuple[int, dict]:
    status = cli.main([*words, "--json", "--as-of", NOW.isoformat()])
    return status, json.loads(capsys.readouterr().out)


def everything(capsys) -> list:
    """What each command that reads says, paths of its own output aside."""
    found = [said(capsys, name, "b.xlsx") for name in ("check", "decide", "returns", "tidy")]
    status, exported = said(capsys, "export", "b.xlsx", "--out", "e")
    letters = said(
        capsys, "letters", "b.xlsx", "--out", "o", "--kind", "mynumber-request", "--format", "docx"
    )
    return [*found, (status, exported), letters[1]["letters"]]


def people():
    rows = clean(6)
    for row in rows:
        row |= {"filed": THEN, "acquired": dt.date(2026, 4, 1), "event_date": dt.date(2026, 4, 1)}
    return rows


@pytest.mark.parametrize("old_form", [False, True], ids=["", "a form without the column"])
def test_no_decision_check_or_export_changes(old_form, tmp_path, capsys):
    rows = people()
    path = put(tmp_path / "b.xlsx", book(acquisition=rows[:3], dependants=rows[3:4], loss=rows[4:]))
    if old_form:
        target = openpyxl.load_workbook(path)
        for name in ("資格取得届", "被扶養者異動届", "資格喪失届", "加入者台帳"):
            sheet = target[name]
            head = [cell.value for cell in sheet[1]]
            sheet.tables.clear()
            sheet.delete_cols(head.index("個人番号消去日") + 1)
        target.save(path)
    before = everything(capsys)
    assert cli.main(["purge", "b.xlsx", "--write", "--as-of", NOW.isoformat()]) == 0
    capsys.readouterr()
    found = read(path)
    erased = [row for row in found.rows("acquisition", "dependants", "loss")]
    assert all(not row.text("individual_number") for row in erased)
    assert {row.date("number_erased") for row in erased} == {NOW}
    assert not numbers_in("".join(c.text for row in erased for c in row.cells.values()))
    assert everything(capsys) == before
    for row in found.rows("acquisition", "dependants"):
        assert live_columns.number_check(row) == live_columns.NUMBER_WORDS["erased"]
