"""Tabs that are charts: none of them is a sheet of ours, whatever it is called."""

import json

import pytest
import xlsxwriter
from bookparts import make, zips
from sample_rows import people
from shikaku import cli
from shikaku.model.schema import schema
from shikaku.workbook.closed_file import ClosedBook

FINDINGS, LOSS = (schema().sheets[key].name for key in ("findings", "loss"))


def with_chart(path, name: str, leave_out: tuple[str, ...] = ()):
    """A workbook of three people whose first tab is a chart of that name."""
    with xlsxwriter.Workbook(path) as target:
        tab, chart = target.add_chartsheet(name), target.add_chart({"type": "column"})
        chart.add_series({"values": "='資格取得届'!$A$2:$A$4"})
        tab.set_chart(chart)
        make.fill(target, {"acquisition": people(3)}, {}, leave_out)
    return path


def codes(path, capsys, *more: str) -> set[str]:
    assert cli.main(["check", str(path), "--json", "--as-of", "2026-04-15", *more]) == 1
    return {found["code"] for found in json.loads(capsys.readouterr().out)["findings"]}


def test_a_sheet_whose_name_a_chart_has_is_missing(tmp_path):
    path = with_chart(tmp_path / "b.xlsx", LOSS, ("loss",))
    assert ClosedBook(path).read().missing_sheets == ["loss"]


@pytest.mark.parametrize("name", ["グラフ1", "資格取得届 (2)"])
def test_a_chart_is_no_copy_of_a_sheet_and_stays(tmp_path, capsys, name):
    path = with_chart(tmp_path / "b.xlsx", name)
    before = zips.parts(path)
    without = make.book(tmp_path / "without.xlsx", {"acquisition": people(3)})
    assert codes(path, capsys, "--write") == codes(without, capsys)
    after = zips.parts(path)
    (part,) = (part for part in before if part.startswith("xl/chartsheets/sheet"))
    assert after[part] == before[part]
    assert ClosedBook(path).read().tables["findings"].rows


def test_no_sheet_is_added_under_the_name_of_a_chart(tmp_path, capsys):
    """Excel takes a workbook with two tabs of one name for damaged."""
    path = with_chart(tmp_path / "b.xlsx", FINDINGS, ("findings",))
    before = path.read_bytes()
    assert cli.main(["check", str(path), "--write", "--as-of", "2026-04-15"]) == 2
    assert (
        f"グラフだけのシート「{FINDINGS}」" in capsys.readouterr().err
        and path.read_bytes() == before
    )
