"""``shikaku.frames``: a notebook's day with the workbook, and what must not get lost or out."""

import datetime as dt
import io
import json
import pickle
import subprocess
import sys

import openpyxl
import pandas as pd
import pytest
from desk_books import book, by_hand, clean, number, numbers_in, put
from shikaku import api, cli, frames
from shikaku.individual_numbers import MASK, IndividualNumber
from shikaku.model.schema import schema
from xlengine.engine import Played

DAY = dt.date(2026, 4, 15)


@pytest.fixture(scope="module", autouse=True)
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("frames")
    patch = pytest.MonkeyPatch()
    patch.setenv("SHIKAKU_LOG_DIR", str(folder / "log"))
    assert cli.main(["new", str(folder / "sample.xlsx"), "--sample"]) == 0
    yield folder / "sample.xlsx"
    patch.undo()


def test_a_notebook(sample):
    """Read, count, lead a finding back to its cell: what the page for programs shows."""
    sheets = frames.read(sample)
    members = sheets["加入者台帳"]
    assert members.groupby("区分", observed=True).size()["被保険者"] > 10
    by_month = sheets["資格取得届"].groupby(
        sheets["資格取得届"]["資格取得年月日"].dt.to_period("M")
    )
    assert by_month.size().sum() > 10
    found = frames.findings(sample, as_of=DAY)
    errors = found[(found.severity == "error") & (found.sheet == "資格取得届") & (found.row > 0)]
    rows = sheets["資格取得届"].loc[errors.row.unique()]
    cells = openpyxl.load_workbook(sample)["資格取得届"]
    labels = [cell.value for cell in cells[1]]
    for excel_row, name in rows["氏名"].dropna().items():
        assert cells.cell(excel_row, labels.index("氏名") + 1).value.strip() == name
    people = frames.decisions(sample, as_of=DAY)
    share = (people.certificate == "issue").mean()
    assert 0 < share < 1
    pivot = people.pivot_table(index="delivery", columns="certificate", values="name",
                               aggfunc="count", observed=False)  # fmt: skip
    assert pivot.to_numpy().sum() == people.name.notna().sum()


def test_types(sample):
    sheets = frames.read(sample, numbers=True)
    dtypes = {"date": "datetime64[s]", "choice": "category", "count": "Int64",
              "individual_number": "individual_number"}  # fmt: skip
    live = {"limit": "datetime64[s]", "days_left": "Int64"}
    for spec in schema().sheets.values():
        for key, column in spec.columns.items():
            wanted = live.get(key) or dtypes.get(column.type, "string")
            assert sheets[spec.name][column.label].dtype == wanted, (spec.name, key)
    kinds = list(sheets["加入者台帳"]["区分"].cat.categories)
    assert kinds[:4] == list(schema().lists["kind"].values())


def test_identifiers_are_text(tmp_path):
    row = clean(1)[0] | {"symbol": "0012", "number": "0007", "postal_code": "0600001",
                         "department": "NA", "remarks": "1E5"}  # fmt: skip
    path = put(tmp_path / "b.xlsx", book(acquisition=[row]))
    (found,) = frames.read(path)["資格取得届"].to_dict("records")
    assert [found[k] for k in ("記号", "番号", "郵便番号", "所属", "備考")] == [
        "0012",
        "0007",
        "0600001",
        "NA",
        "1E5",
    ]


def test_what_cant_be_read_is_named(tmp_path):
    row = clean(1)[0] | {"birth": "きのう", "sex": "不明"}
    path = put(tmp_path / "b.xlsx", book(members=[row]))
    frame = frames.members(path)
    assert pd.isna(frame.at[2, "生年月日"]) and frame.attrs["unread"] == [(2, "生年月日")]
    assert frame.at[2, "性別"] == "不明"
    assert list(frame["性別"].cat.categories) == ["男", "女", "不明"]


def test_numbers_come_only_by_name_and_masked(tmp_path):
    secret, other = number(3), number(4)
    rows = [row | {"individual_number": n} for row, n in zip(clean(3), (secret, other, secret),
                                                             strict=True)]  # fmt: skip
    rows[0]["remarks"] = f"番号 {secret}"
    path = put(tmp_path / "b.xlsx", book(members=rows))
    plain = frames.members(path)
    assert "個人番号" not in plain and not numbers_in(plain.to_csv())
    frame = frames.members(path, numbers=True)
    shown = io.StringIO()
    frame.info(buf=shown)
    for text in (repr(frame), str(frame["個人番号"]), frame.to_csv(), frame.to_html(), repr(frame.iloc[0]),
                 json.dumps(frame[["個人番号"]].to_dict("records"), default=repr), shown.getvalue(),
                 frame["個人番号"].to_json(), repr(frame.groupby("個人番号").size()), repr(list(frame["個人番号"])),
                 repr(frame["個人番号"].value_counts()), f"{frame['個人番号'].iloc[0]}",
                 frame["個人番号"].astype("string").to_csv()):  # fmt: skip
        assert not numbers_in(text) and secret[-4:] not in text
    assert MASK in repr(frame["個人番号"])
    assert list(frame["個人番号"].array.reveal()) == [secret, other, secret]
    assert frame["個人番号"].duplicated().tolist() == [False, False, True]
    assert frame.sort_values("個人番号").index.tolist() == [2, 4, 3]
    with pytest.raises(TypeError) as caught:
        frame["個人番号"].sum()
    assert not numbers_in(str(caught.value))


def test_the_column_of_numbers_is_a_good_column(tmp_path):
    rows = [
        {**row, "individual_number": n} for row, n in zip(clean(2), (number(3), ""), strict=True)
    ]
    column = frames.members(put(tmp_path / "b.xlsx", book(members=rows)), numbers=True)["個人番号"]
    assert column.isna().tolist() == [False, True] and column.notna().sum() == 1
    assert (column == IndividualNumber(number(3))).tolist() == [True, False]
    assert (column == number(3)).tolist() == [True, False] and not (column == "").any()
    joined = pd.concat([column, column[column.notna()]])
    assert joined.dtype == column.dtype and len(joined) == 3
    assert column.reindex([2, 9]).isna().tolist() == [False, True]
    assert pickle.loads(pickle.dumps(column)).equals(column)
    assert column.copy().equals(column) and column.drop_duplicates().size == 2
    merged = column.to_frame().merge(column.to_frame(), on="個人番号")
    assert merged["個人番号"].dtype == column.dtype


@pytest.mark.parametrize("name", ["findings", "decisions"])
def test_rows_and_keys_of_the_json(sample, name):
    frame = getattr(frames, name)(sample, as_of=DAY)
    key, call = {"findings": ("findings", api.check), "decisions": ("people", api.decide)}[name]
    data = json.loads(call(sample, as_of=DAY).to_json())[key]
    assert len(frame) == len(data)
    for column in frame:
        values = [None if value is pd.NA or value is None or value != value else value
                  for value in frame[column]]  # fmt: skip
        default = [] if column == "also" else None
        assert values == [item.get(column, default) for item in data], column
    assert {k for item in data for k in item} <= set(frame)


def test_ledger_and_history(sample):
    ledger = frames.ledger(sample)
    spec = schema().sheets["ledger"]
    assert list(ledger.columns) == [c.label for c in spec.columns.values()]
    assert ledger.index.name == "row" and ledger.index[0] == 2 and len(ledger) > 5
    assert list(frames.issued(sample).columns)[0] == schema().sheets["history"].label("issued")


def test_a_workbook_of_another_program(tmp_path):
    """Columns in another order, many missing, sheets missing: the frame has the form's columns."""
    path = tmp_path / "h.xlsx"
    path.write_bytes(by_hand({"members": [{"name": "見本 太郎", "symbol": "0012"}]}))
    frame = frames.members(path)
    assert list(frame.columns) == [
        c.label for c in schema().sheets["members"].columns.values() if c.key != "individual_number"
    ]
    assert frame.at[2, "記号"] == "0012" and pd.isna(frame.at[2, "番号"])
    assert len(frames.ledger(path)) == 0 and list(frames.ledger(path).columns)


def test_an_open_workbook(sample):
    with Played() as excel:
        opened = frames.read(excel.open(sample))
    closed = frames.read(sample)
    for name in ("加入者台帳", "資格取得届", "返納管理"):
        typed = [c for c in closed[name] if closed[name][c].dtype != "string"]
        pd.testing.assert_frame_equal(opened[name][typed], closed[name][typed])


def test_two_months(tmp_path):
    """Who is new, gone, changed; eaten zeros are no change of person; no number is compared."""
    one, two, three = clean(3)
    one |= {"number": "0007", "branch": "00", "name": "見本 一", "individual_number": number(1)}
    two |= {"number": "8", "branch": "00", "name": "見本 二"}
    three |= {"number": "9", "branch": "00", "name": "見本 三"}
    before = put(tmp_path / "a.xlsx", book(members=[one, two]))
    changed = {**one, "number": "7", "name": "標本 一", "lost": dt.date(2026, 4, 2),
               "individual_number": number(2)}  # fmt: skip
    after = put(tmp_path / "b.xlsx", book(members=[three, changed]))
    found = frames.compare(before, after)
    assert found["change"].tolist() == ["new", "gone", "changed", "changed", "changed"]
    assert found["row_after"].tolist()[0] == 2 and found["row_before"].tolist()[1] == 3
    cells = found[found.change == "changed"].set_index("項目")
    assert cells.loc["氏名", ["前", "後"]].tolist() == ["見本 一", "標本 一"]
    assert cells.loc["番号", ["前", "後"]].tolist() == ["0007", "7"]
    assert cells.at["資格喪失年月日", "後"] == "2026-04-02"
    assert not numbers_in(found.to_csv())
    assert len(frames.compare(before, before)) == 0
    with pytest.raises(KeyError):
        frames.compare(before, after, sheet="返納管理")


def test_errors_are_ours(tmp_path):
    with pytest.raises(api.ShikakuError):
        frames.read(tmp_path / "nowhere.xlsx")


def test_pandas_waits_until_a_frame_is_made():
    code = "import sys; from shikaku import frames, api; print('pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
