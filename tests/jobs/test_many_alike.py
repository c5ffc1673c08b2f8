"""Lists in which all rows are alike: each line names the first of the rows that it could be about."""

import datetime as dt
import json

import pytest
from desk_books import DAY, rendered
from jsonschema import Draft202012Validator
from shikaku import cli, json_schemas
from shikaku.desk.first_rows import MOST
from shikaku.template.builder import Content

COUNT = MOST + 3
PERSON = {
    **{"symbol": "1201", "number": "7", "branch": "00", "kind": "被保険者", "sex": "男"},
    **{"name": "見本 太郎", "kana": "ミホン タロウ", "birth": dt.date(1990, 1, 1)},
    "acquired": dt.date(2020, 4, 1),
}
CARD = {"control_no": "K00001", "document": "資格確認書", "issued": dt.date(2026, 4, 1)}
LOSS = {
    **{key: PERSON[key] for key in ("symbol", "number", "name", "kana", "birth")},
    **{"left": dt.date(2026, 3, 31), "lost": dt.date(2026, 4, 1), "filed": dt.date(2026, 4, 2)},
    **{"cause": "退職等", "attached_count": 0, "not_returnable_count": 0},
}
OWN = "1201,7,00,1990-01-01"
LISTS = {
    "import": ("記号,番号,枝番,生年月日,氏名", f"{OWN},見本 太郎"),
    "status-import": ("記号,番号,枝番,生年月日,登録状況", f"{OWN},登録済"),
    "cards-import": ("記号,番号,枝番,生年月日,交付年月日", f"{OWN},2026-04-02"),
    "received": ("管理番号", "K00001"),
}


@pytest.fixture(scope="module")
def data():
    ledger = [
        {key: PERSON[key] for key in ("symbol", "number", "branch", "name", "kind")} | CARD
    ] * COUNT
    rows = {"members": [PERSON] * COUNT, "ledger": ledger, "loss": [LOSS]}
    return rendered(Content(rows, {"as_of": DAY}), 1)


@pytest.mark.parametrize("command", [*LISTS, "enroll"])
def test_the_first_rows_are_named(command, data, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))
    book, listed = tmp_path / "b.xlsx", tmp_path / "list.csv"
    book.write_bytes(data)
    words = [command, str(book)]
    if command in LISTS:
        listed.write_text("\n".join(LISTS[command]) + "\n", "utf-8")
        words.append(str(listed))
    words += ["--sheet", "加入者台帳"] if command == "import" else []
    words += ["--as-of", DAY.isoformat()]
    cli.main([*words, "--json"])
    found = json.loads(capsys.readouterr().out)
    Draft202012Validator(json_schemas.of(command)).validate(found)
    lines = next(found[key] for key in ("left", "listed", "unwritten") if key in found)
    assert [(one["rows"], one["more"]) for one in lines] == [([*range(2, 2 + MOST)], True)]
    cli.main(words)
    assert f"{MOST + 1}行目ほか" in capsys.readouterr().out
