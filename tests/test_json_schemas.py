"""Every command's ``--json`` is what ``shikaku schema`` says of it, and nothing more."""

import json
import shutil

import jsonschema
import pytest
from desk_books import PASSWORD, book, clean, put
from shikaku import cli, json_schemas
from shikaku.cli_parser import parser
from shikaku.commands import COMMANDS
from shikaku.system.errors import UsageError

pytestmark = pytest.mark.usefixtures("letters_here")

DAY = "2026-04-15"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with what the commands need: the sample, lists, passwords, an inbox."""
    folder = tmp_path_factory.mktemp("schemas")
    patch = pytest.MonkeyPatch()
    patch.setenv("SHIKAKU_LOG_DIR", str(folder / "log"))
    patch.setenv("HOME", str(folder))
    patch.chdir(folder)
    assert cli.main(["new", "sample.xlsx", "--sample"]) == 0
    (folder / "pw.txt").write_text(PASSWORD, "utf-8")
    (folder / "status.csv").write_text(
        "記号,番号,枝番,生年月日,登録状況\n1201,1001,02,2014-08-30,登録済\n9,9,,1990-01-01,登録済\n",
        "utf-8",
    )
    (folder / "scan.txt").write_text("K99999\n", "utf-8")
    (folder / "cards.csv").write_text(
        "記号,番号,生年月日,交付年月日\n1201,1002,1985-11-03,2025-12-01\n1201,9999,1990-01-01,x\n",
        "utf-8",
    )
    (folder / "hr.csv").write_text(
        "氏名,生年月日,役職\n新規 一郎,1999-01-01,係長\n新規 二郎,,\n", "utf-8"
    )
    put(folder / "inbox/a.xlsx", book(acquisition=clean(3)))
    (folder / "inbox/b.txt").write_text("?", "utf-8")
    shutil.copy("sample.xlsx", "inbox/c.xlsx")
    yield folder
    patch.undo()


RUNS = [
    "new other.xlsx",
    "check sample.xlsx",
    "check --list",
    "check inbox/a.xlsx --write",
    "tidy sample.xlsx",
    "decide sample.xlsx",
    "returns sample.xlsx",
    "letters sample.xlsx --out letters --format docx",
    "letters sample.xlsx --out letters --format docx",
    "remind sample.xlsx --out reminders --format docx",
    "labels sample.xlsx --out printed",
    "print sample.xlsx --out printed --kind return-request --format pdf",
    "run sample.xlsx --out all --format docx",
    "demo --out demo --format docx",
    "submit sample.xlsx --out sent.xlsx --password-file pw.txt",
    "submit inbox/a.xlsx --out sent.xlsx --password-file pw.txt --allow-errors",
    "collect inbox --out worklist.xlsx",
    "status-import sample.xlsx status.csv",
    "import sample.xlsx hr.csv --sheet 資格取得届",
    "export sample.xlsx --out exported",
    "enroll sample.xlsx",
    "received sample.xlsx scan.txt",
    "cards-import sample.xlsx cards.csv",
    "renewals sample.xlsx --within 400",
    "purge sample.xlsx",
    "restore sample.xlsx --list",
    "upgrade sample.xlsx",
    "upgrade sample.xlsx --out upgraded.xlsx",
    "addin build --out shikaku.xlam",
    "addin status",
    "templates list",
    "templates check",
    "log",
    "log --by clerk",
    "doctor",
    "schema check",
]


@pytest.mark.parametrize("line", RUNS)
def test_output(place, capsys, line):
    words = line.split()
    assert cli.main([*words, "--json", "--as-of", DAY]) in (0, 1)
    said = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(json_schemas.of(words[0])).validate(said)


def test_every_command_has_a_grammar_a_function_a_schema_and_a_run():
    """The three lists stand apart so that start-up reads the grammar alone; none lacks a command."""
    (grammar,) = (a.choices for a in parser()._actions if a.dest == "command")
    assert set(grammar) == set(COMMANDS) == set(json_schemas.SCHEMAS)
    assert {line.split()[0] for line in RUNS} == set(COMMANDS) - {"app"}  # a window: prints {}


@pytest.mark.parametrize("command", COMMANDS)
def test_schemas_are_sound(command):
    schema = json_schemas.of(command)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert command in schema["title"]


def test_a_key_that_is_missing_or_new_is_found(place, capsys):
    """The tests above can fail."""
    assert cli.main(["check", "sample.xlsx", "--json", "--as-of", DAY]) == 1
    said = json.loads(capsys.readouterr().out)
    validator = jsonschema.Draft202012Validator(json_schemas.of("check"))
    for spoilt in (
        {**said, "more": 1},
        {k: v for k, v in said.items() if k != "as_of"},
        {**said, "findings": [{**said["findings"][0], "severity": "bad"}]},
    ):
        assert not validator.is_valid(spoilt)


def test_the_command_prints_it(capsys):
    for words in (["schema", "decide"], ["schema", "decide", "--json"]):
        assert cli.main(words) == 0
        assert json.loads(capsys.readouterr().out) == json_schemas.of("decide")
    assert cli.main(["schema", "nothing"]) == 2
    with pytest.raises(UsageError):
        json_schemas.of("nothing")
    assert parser().parse_args(["schema", "check"]).command == "schema"
