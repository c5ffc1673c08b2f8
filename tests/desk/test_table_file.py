"""Rows of ours as files for other programs."""

import csv

from shikaku.desk import table_file

LABELS = ["氏名", "理由", "ページ"]
ROWS = [["架空 太郎", "=1+1", "2"], ["架空 花子", None, ""], ["'架空", "-", "0012"]]


def test_a_list_in_csv_is_the_same_list_in_parquet(tmp_path):
    import pyarrow.parquet

    listed = tmp_path / "index.csv"
    table_file.write(listed, LABELS, ROWS)
    out = table_file.as_parquet(listed)
    assert out == tmp_path / "index.parquet"
    found = pyarrow.parquet.read_table(out).to_pydict()
    assert list(found) == LABELS
    assert [list(row) for row in zip(*found.values(), strict=True)] == [
        [value or None for value in row] for row in ROWS
    ]


def test_what_a_spreadsheet_could_calculate_stays_guarded_in_csv(tmp_path):
    listed = tmp_path / "index.csv"
    table_file.write(listed, LABELS, ROWS)
    with listed.open(encoding="utf-8-sig", newline="") as file:
        assert next(iter(list(csv.reader(file))[1:]))[1] == "'=1+1"
