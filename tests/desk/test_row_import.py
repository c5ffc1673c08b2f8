"""A list's lines as rows: what is read how, who is there already, what stands twice."""

import pytest
from case_files import by_name, cases
from desk_books import DAY, rendered
from shikaku.desk import list_reading
from shikaku.desk.import_mapping import ImportMapping
from shikaku.desk.row_import import REASONS, RowImport
from shikaku.system.errors import UsageError
from shikaku.system.resources import folder
from shikaku.template.builder import Content
from shikaku.workbook.closed_file import read_bytes

CASES = cases("desk/row_import")


def imported(tmp_path, header, lines, sheet="acquisition", there=None, mapping=None):
    path = tmp_path / "list.csv"
    path.write_text("\n".join([header, *lines]) + "\n", "utf-8")
    rules = ImportMapping.load(mapping)
    book = read_bytes(rendered(Content(there or {}, {"as_of": DAY}), 1), "b.xlsx")
    return RowImport(list_reading.read(path, rules.known(sheet)), rules, book, sheet)


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_case(case, tmp_path):
    found = imported(
        tmp_path, case["header"], case["lines"], case.get("sheet", "acquisition"), case.get("there")
    )
    assert [new.line for new in found.rows] == case.get("new", [])
    left = [" ".join(map(str, (u.line, u.reason, *u.rows, *u.lines))) for u in found.unwritten]
    assert sorted(left) == case.get("left", [])
    rows = {new.line: new.row for new in found.rows}
    for line, key, value in (text.split(" ", 2) for text in case.get("values", [])):
        assert rows[int(line)].text(key) == value


def test_every_reason_has_a_case():
    reasons = {left.split()[1] for case in CASES for left in case.get("left", [])}
    assert reasons == set(REASONS)


def test_headings_are_named(tmp_path):
    found = imported(tmp_path, "氏名,生年月日,社員番号,役職", ["見本 太郎,1990-01-01,9,部長"])
    assert found.used == ["氏名", "生年月日"] and found.unknown == ["社員番号", "役職"]
    assert found.missing == ["氏名カナ", "性別", "郵便番号", "住所", "資格取得年月日"]


@pytest.mark.parametrize("header", ["氏名,住所", "生年月日,住所", "氏名,氏名,生年月日"])
def test_nobody_is_known_by_half(tmp_path, header):
    with pytest.raises(UsageError):
        imported(tmp_path, header, ["a,b"])


def test_a_mapping_of_ones_own(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(
        '[columns]\nbirth = ["DOB"]\n[joined]\nname = { headings = ["F", "G"], by = "　" }\n'
        '[values.sex]\n"1" = "male"\n[fixed]\nsymbol = "0012"\nkind = "insured"\n',
        "utf-8",
    )
    found = imported(tmp_path, "F,G,DOB,性別", ["見本,太郎,1990-01-01,1"], mapping=own)
    row = found.rows[0].row
    assert [row.text(k) for k in ("name", "sex", "symbol", "kind")] == [
        "見本　太郎",
        "男",
        "0012",
        "被保険者",
    ]
    assert "記号" not in found.missing


def test_two_addresses_in_a_list_are_not_one(tmp_path):
    """The first group of headings that the list has, never both in one text."""
    mapping = folder("workbooks") / "import-freee.toml"
    here, there = "都道府県,市区町村・番地", "住民票住所の都道府県,住民票住所の市区町村番地"
    for header, cells, address in (
        (f"{here},{there}", "東京都,架空区1,大阪府,架空市2", "大阪府架空市2"),
        (here, "東京都,架空区1", "東京都架空区1"),
    ):
        text = [f"見本,太郎,1990-01-01,{cells}"]
        found = imported(tmp_path, f"姓,名,生年月日,{header}", text, mapping=mapping)
        assert found.rows[0].row.text("address") == address


@pytest.mark.parametrize(
    "text",
    [
        "[joined]\nname = []\n",
        "[joined]\nname = [{ headings = ['a'] }, 'b']\n",
        "[columns]\nnope = ['a']\n",
        "[columns]\nname = 'a'\n",
        "[columns]\nlimit = ['a']\n",
        "[joined]\nname = ['a']\n",
        "[joined]\nname = { headings = [] }\n",
        "[values.sex]\n'1' = 'man'\n",
        "[values.name]\n'1' = 'male'\n",
        "[fixed]\nkind = '被保険者'\n",
        "[fixed]\nindividual_number = '1'\n",
        "[sheets]\n",
        "columns = 1\n",
    ],
)
def test_wrong_mappings(tmp_path, text):
    own = tmp_path / "own.toml"
    own.write_text(text, "utf-8")
    with pytest.raises(UsageError) as caught:
        ImportMapping.load(own)
    assert caught.value.hint
