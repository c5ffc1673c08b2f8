"""``status-import``: who matches, what changes, what is left alone, and the monthly list."""

import csv
import datetime as dt
import io
import json

import pytest
from case_files import by_name, cases
from desk_books import DAY, number, numbers_in, put, read, rendered
from shikaku import cli
from shikaku.desk import status_list
from shikaku.jobs import status_import
from shikaku.model.schema import schema
from shikaku.system.errors import BookError, UsageError
from shikaku.template.builder import Content
from shikaku.workbook.closed_file import ClosedBook

TURNS = cases("desk/status_decisions")
HEADER = "記号,番号,枝番,生年月日,登録状況,電子証明書有効期限,確認日"


@pytest.fixture(autouse=True)
def log(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))


def register(*rows):
    """A workbook with these rows in 加入者台帳."""
    made = []
    for row in rows:
        row = {
            "symbol": "1201",
            "kind": "insured",
            "name": "見本 太郎",
            "kana": "ミホン タロウ",
            "sex": "男",
            "acquired": dt.date(2020, 4, 1),
            **row,
        }
        made.append(row | {"kind": schema().lists["kind"][row["kind"]]})
    return rendered(Content({"members": made}, {"as_of": DAY}), 1)


def run(tmp_path, data, lines, header=HEADER, encoding="utf-8-sig", **options):
    put(tmp_path / "b.xlsx", data)
    text = "\r\n".join([header, *lines]) + "\r\n"
    (tmp_path / "list.csv").write_bytes(text.encode(encoding))
    return status_import.status_import(
        ClosedBook(tmp_path / "b.xlsx"), tmp_path / "list.csv", **{"as_of": DAY, **options}
    )


@pytest.mark.parametrize("case", cases("desk/status_list", "line"), ids=by_name)
def test_case(case, tmp_path):
    result = run(tmp_path, register(*case["register"]), case["lines"])
    assert [f"{c.row} {c.key} {c.after}" for c in result.changes] == case.get("changes", [])
    left = [" ".join(map(str, (x.line, x.reason, *x.rows))) for x in result.left]
    assert left == case.get("left", [])
    rows = {row.number: row for row in read(tmp_path / "b.xlsx").rows("members")}
    for change in result.changes:
        assert rows[change.row].text(change.key) == change.after
    again = run(tmp_path, (tmp_path / "b.xlsx").read_bytes(), case["lines"])
    assert again.changes == [] and again.turns == []


def test_every_reason_has_a_case():
    reasons = {
        left.split()[1]
        for case in cases("desk/status_list", "line")
        for left in case.get("left", [])
    }
    assert reasons == set(status_list.REASONS)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp932", "utf-16"])
def test_encodings(encoding, tmp_path):
    line = "1201,7,00,平成2年1月1日,カード未保有,,2026-03-31"
    result = run(tmp_path, register({"number": "7", "birth": dt.date(1990, 1, 1)}), [line],
                 encoding=encoding)  # fmt: skip
    assert [c.after for c in result.changes] == ["カードなし", "2026-03-31"]
    assert result.encoding == encoding


def test_tabs_spare_columns_and_blank_lines(tmp_path):
    header = "連番\t番号\t記号\t生年月日\t枝番\t登録状況\t備考"
    lines = [
        "",
        "1\t7\t1201\t1990-01-01\t00\t登録済\tあ",
        "\t\t\t\t\t\t",
        "2\t9\t1201\t1990-01-01\t\t無\t",
    ]
    data = register({"number": "7", "birth": dt.date(1990, 1, 1)})
    result = run(tmp_path, data, lines, header)
    assert [c.after for c in result.changes] == ["利用登録済", "2026-04-15"]
    assert [(item.line, item.reason) for item in result.left] == [(5, "no_person")]


@pytest.mark.parametrize("case", cases("desk/status_list", "broken"), ids=by_name)
def test_broken(case, tmp_path):
    data = put(tmp_path / "b.xlsx", register({"number": "7", "birth": dt.date(1990, 1, 1)}))
    before = data.read_bytes()
    (tmp_path / "list.csv").write_text(case["text"], "utf-8")
    with pytest.raises((BookError, UsageError)) as caught:
        status_import.status_import(ClosedBook(data), tmp_path / "list.csv", as_of=DAY)
    assert type(caught.value).__name__ == case["error"] and caught.value.hint
    assert (f"{case['line']}行目" in caught.value.message) == bool(case["line"])
    assert data.read_bytes() == before


@pytest.mark.parametrize("case", TURNS, ids=by_name)
def test_monthly_list(case, tmp_path):
    person = {"number": "7", "birth": dt.date(1990, 1, 1), "myna_status": case["before"]}
    if "as_of" not in case or "checked" in case:
        person["status_checked"] = case.get("checked", dt.date(2026, 3, 1))
    if "expiry" in case:
        person["e_certificate_expiry"] = case["expiry"]
    as_of = case.get("as_of", DAY)
    data = as_of.replace(day=1) - dt.timedelta(1)
    line = f"1201,7,00,1990-01-01,{case['after']},,{data}" if case["after"] else "1201,8,00,,,,"
    listed = tmp_path / "list out.csv"
    result = run(tmp_path, register(person), [line], report=listed, write=False, as_of=as_of)
    assert [turn.kind for turn in result.turns] == (
        [] if case["turn"] == "none" else [case["turn"]]
    )
    rows = list(csv.reader(io.StringIO(listed.read_text("utf-8-sig"))))
    assert len(rows) == 1 + len(result.turns)
    for turn in result.turns:
        heads = {"newly": "必要になった人", "no_longer": "不要になった人", "other": "変わった人"}
        assert any(heads[turn.kind] in text and text[0] == "■" for text in result.lines())
    assert read(tmp_path / "b.xlsx").tables["members"].rows[0].text("myna_status") == case["before"]


def test_the_report_runs_no_formula(tmp_path):
    person = {
        "number": "7",
        "birth": dt.date(1990, 1, 1),
        "name": "=HYPERLINK(1)",
        "myna_status": "不明",
    }
    run(tmp_path, register(person), ["1201,7,00,1990-01-01,登録済,,"], report=tmp_path / "r.csv")
    (_, row) = csv.reader(io.StringIO((tmp_path / "r.csv").read_text("utf-8-sig")))
    assert row[4] == "'=HYPERLINK(1)"


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        ("たぶん登録", "たぶん登録"),
        ("", "空"),
        ("1234567", "1234567"),
        ("保険者番号 06130012", "＊"),
        ("１２３４－５６７８", "＊"),
        ("証" * 30, "証" * 20),
    ],
)
def test_a_word_that_is_not_known_is_shown_short_and_without_a_long_number(tmp_path, status, shown):
    """A column out of place has a number of somebody there, of whatever kind."""
    result = run(tmp_path, register({"number": "7"}), [f"1201,7,00,1990-01-01,{status},,"])
    assert [item.detail for item in result.left] == [shown]


def test_mappings(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(
        'checked_on = 2026-02-28\n[columns]\nsymbol = ["K"]\nnumber = ["B"]\nbranch = ["E"]\n'
        'birth = ["D"]\nstatus = ["S"]\n[values]\n"1" = "registered"\n"0" = "not_registered"\n',
        "utf-8",
    )
    data = register({"number": "7", "birth": dt.date(1990, 1, 1)})
    result = run(tmp_path, data, ["1201,7,00,19900101,0"], "K,B,E,D,S", mapping=own)
    assert [c.after for c in result.changes] == ["利用登録なし", "2026-02-28"]
    for text in (
        "[columns",
        "[columns]\nsymbol = ['K']\n",
        own.read_text("utf-8").replace("registered", "regist"),
        own.read_text("utf-8").replace("symbol", "simbol"),
        own.read_text("utf-8").replace('["K"]', '"K"'),
        own.read_text("utf-8").replace('"registered"', '["registered"]'),
        own.read_text("utf-8").replace("[values]", "[value]"),
        own.read_text("utf-8").replace("2026-02-28", '"2026-02-28"'),
        own.read_text("utf-8").replace("2026-02-28", "2026-02-28T00:00:00"),
    ):
        own.write_text(text, "utf-8")
        with pytest.raises(UsageError):
            run(tmp_path, data, [], "K,B,E,D,S", mapping=own)
    with pytest.raises(UsageError):
        run(tmp_path, data, [], mapping=tmp_path / "nowhere.toml")


def test_no_number_is_shown(tmp_path, capsys):
    """A column out of place may hold a number anywhere: none gets out."""
    secret = number(4)
    put(tmp_path / "b.xlsx", register({"number": "7", "individual_number": secret}))
    rows = [f"1201,7,00,1990-01-01,{secret},,", f"{secret},7,00,1990-01-01,登録済,,",
            f"1201,{secret},{secret},{secret},登録済,{secret},{secret}"]  # fmt: skip
    (tmp_path / "list.csv").write_text("\n".join([HEADER, *rows]), "utf-8")
    words = ["status-import", str(tmp_path / "b.xlsx"), str(tmp_path / "list.csv")]
    assert cli.main([*words, "--as-of", "2026-04-15"]) == 0
    assert cli.main([*words, "--json", "--as-of", "2026-04-15"]) == 0
    said = capsys.readouterr()
    assert not numbers_in(said.out + said.err) and secret[-6:] not in said.out + said.err
    assert json.loads(said.out[said.out.index("{") :])["matched"] == 0


def test_the_command_imports_and_a_preview_only_shows(tmp_path, capsys):
    """contract §3: the command takes the list into 加入者台帳; --preview leaves the file alone."""
    data = register({"number": "7", "branch": "00", "birth": dt.date(1990, 1, 1)})
    put(tmp_path / "b.xlsx", data)
    (tmp_path / "list.csv").write_text(f"{HEADER}\n1201,7,00,1990-01-01,登録済,,\n", "utf-8")
    words = ["status-import", str(tmp_path / "b.xlsx"), str(tmp_path / "list.csv"), "--json"]
    assert cli.main([*words, "--preview"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["changes"] and not told["written"]
    assert (tmp_path / "b.xlsx").read_bytes() == data
    assert cli.main(words) == 0
    done = json.loads(capsys.readouterr().out)
    assert done["written"] and done["changes"] == told["changes"]
    row = next(iter(read(tmp_path / "b.xlsx").rows("members")))
    assert row.choice("myna_status") == "registered"
    assert cli.main(words) == 0
    assert not json.loads(capsys.readouterr().out)["changes"]


def test_the_list_of_a_big_insurer(tmp_path):
    """20,000 lines against 5,000 people."""
    people = [{"number": str(n), "birth": dt.date(1990, 1, 1 + n % 28)} for n in range(1, 5001)]
    data = register(*people)
    lines = [f"1201,{n},00,1990-01-{1 + n % 28:02d},登録済,,2026-03-31" for n in range(1, 20001)]
    result = run(tmp_path, data, lines)
    assert result.matched == 5000 and len(result.left) == 15000


@pytest.mark.parametrize("name", ["b.xlsx", "list.csv", "l.txt", "."])
def test_the_report_takes_no_other_files_place(tmp_path, name):
    data, line = (
        register({"number": "7", "birth": dt.date(1990, 1, 1)}),
        "1201,7,00,1990-01-01,解除,,",
    )
    with pytest.raises(UsageError):
        run(tmp_path, data, [line], report=tmp_path / name)
    assert (tmp_path / "b.xlsx").read_bytes() == data
    assert (tmp_path / "list.csv").read_text("utf-8-sig").startswith("記号")
    run(tmp_path, data, [line], report=tmp_path / "l.csv")
    run(tmp_path, data, [line], report=tmp_path / "l.csv")  # last month's gives way
