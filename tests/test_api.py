"""``shikaku.api``: the commands' results as objects, the same text as their ``--json``, no print."""

import datetime as dt
import inspect
import json
import os
import subprocess
import sys

import pytest
from desk_books import book, by_hand, clean, number, numbers_in, put
from shikaku import api, cli
from shikaku.cli_parser import parser
from xlengine.engine import Played

pytestmark = pytest.mark.usefixtures("letters_here")

DAY = dt.date(2026, 4, 15)


@pytest.fixture(scope="module", autouse=True)
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("api")
    patch = pytest.MonkeyPatch()
    patch.setenv("SHIKAKU_LOG_DIR", str(folder / "log"))
    patch.chdir(folder)
    assert cli.main(["new", "sample.xlsx", "--sample"]) == 0
    yield folder
    patch.undo()


def command(capsys, *words):
    status = cli.main([*map(str, words), "--json", "--as-of", DAY.isoformat()])
    return status, capsys.readouterr().out


@pytest.mark.parametrize("name", ["check", "decide", "returns"])
def test_the_text_is_the_commands(name, capsys):
    result = getattr(api, name)("sample.xlsx", as_of=DAY)
    assert capsys.readouterr() == ("", "")
    status, text = command(capsys, name, "sample.xlsx")
    assert (result.exit_status, result.to_json() + "\n") == (status, text)
    assert result.as_of == DAY and result.book == "sample.xlsx"


def test_objects_say_what_the_text_says():
    found = api.check("sample.xlsx", as_of=DAY)
    data = json.loads(found.to_json())
    assert [vars(f) for f in found.findings] == data["findings"] and found.counts == data["counts"]
    people = api.decide("sample.xlsx", as_of=DAY)
    for person, item in zip(people.people, json.loads(people.to_json())["people"], strict=True):
        assert {**item, "also": item.get("also", [])} == vars(person)
    items = api.returns("sample.xlsx", as_of=DAY)
    for entry, item in zip(items.items, json.loads(items.to_json())["items"], strict=True):
        assert entry.due == (item["due"] and dt.date.fromisoformat(item["due"]))
        assert (entry.control_no, entry.required) == (item["control_no"], item["required"])


def test_letters_and_run(place, capsys):
    put(place / "b.xlsx", book(acquisition=clean(2)))
    result = api.letters("b.xlsx", out="out", format="docx", as_of=DAY)
    assert result.out.is_dir() and sum(result.letters.values()) > 0
    assert {f.name for f in result.failed} <= {""}  # kinds for which 設定 lacks something
    assert json.loads(result.to_json())["letters"] == result.letters
    again = api.letters("b.xlsx", out="out", kind=["notice"], format="docx", as_of=DAY)
    assert not again.letters.get("notice")
    done = api.run("b.xlsx", out="all", format="docx", again=True, as_of=DAY)
    assert set(done.check) == {"error", "warning", "info"} and sum(done.decide.values()) > 0
    assert json.loads(done.to_json())["returns"] == done.returns
    assert capsys.readouterr() == ("", "")


def test_words_as_python_has_them(place):
    """A list for a comma, one kind for a list of one, its Japanese name, a moment for a day."""
    put(place / "w.xlsx", book(acquisition=clean(1)))
    moment = dt.datetime(2026, 4, 15, 18, 30)
    assert api.check("w.xlsx", as_of=moment).as_of == DAY
    given = {"out": "w", "as_of": moment, "format": ["docx"], "again": True}
    results = [api.letters("w.xlsx", kind=k, **given) for k in ("notice", ["資格情報のお知らせ"])]
    assert results[0].letters == results[1].letters and not list(place.glob("w/**/*.pdf"))


def test_writing(place):
    put(place / "w.xlsx", book(acquisition=clean(2)))
    before = (place / "w.xlsx").read_bytes()
    api.check("w.xlsx", as_of=DAY)
    assert (place / "w.xlsx").read_bytes() == before
    api.check("w.xlsx", as_of=DAY, write=True)
    assert (place / "w.xlsx").read_bytes() != before


def test_a_broken_structure_is_a_result(place):
    (place / "h.xlsx").write_bytes(by_hand({}))
    result = api.check("h.xlsx", as_of=DAY)
    assert result.exit_status == 2 and {f.code for f in result.findings} <= {"ST01", "ST02"}
    with pytest.raises(api.ShikakuError):
        api.decide("h.xlsx", as_of=DAY)


@pytest.mark.parametrize(
    "call",
    [
        lambda: api.check("nowhere.xlsx"),
        lambda: api.check("sample.xlsx", as_of="gestern"),
        lambda: api.letters("sample.xlsx", out="x", kind=["love"]),
        lambda: api.letters("sample.xlsx", out="x", per="family"),
        lambda: api.letters("sample.xlsx", out="x", format="odt"),
        lambda: api.run("sample.xlsx", out="x", pdf_engine="crayon"),
        lambda: api.run("sample.xlsx", out="x", password_file="nowhere.txt"),
        lambda: api.returns("sample.xlsx", report="sample.xlsx"),
        lambda: api.letters("sample.xlsx", out="x", format=["docx", "odt"]),
        lambda: api.check(None),
        lambda: api.decide(7),
        lambda: api.check("sample.xlsx", as_of=["2026-04-15"]),
        lambda: api.check(b"sample.xlsx"),
        lambda: api.check("a\0b.xlsx"),
        lambda: api.check("/"),
        lambda: api.check("sample.xlsx", as_of=3),
        lambda: api.check("sample.xlsx", members=3),
        lambda: api.letters("sample.xlsx", out="a\0b"),
        lambda: api.letters("sample.xlsx", out="x", templates="x" * 300),
    ],
)
def test_errors_are_ours(call):
    with pytest.raises(api.ShikakuError) as caught:
        call()
    assert caught.value.message and caught.value.hint


def test_a_moment_is_its_day(place):
    moment = dt.datetime.combine(DAY, dt.time(23, 59))
    assert api.check("sample.xlsx", as_of=moment).as_of == DAY


@pytest.mark.parametrize("name", ["check", "decide", "letters", "returns", "run"])
def test_keywords_are_the_commands_options(name):
    """Each option has a keyword of its name; how a terminal is served has none."""
    words = {"letters": ["--out", "x"], "run": ["--out", "x"]}.get(name, [])
    options = set(vars(parser().parse_args([name, "b.xlsx", *words]))) - {"command", "json", "list"}
    assert set(inspect.signature(getattr(api, name)).parameters) == options


def test_no_number_gets_out(place):
    secret = number(7)
    rows = clean(1)
    rows[0] |= {"name": f"見本 {secret}", "remarks": secret, "individual_number": secret}
    put(place / "n.xlsx", book(acquisition=rows))
    results = [api.check("n.xlsx", as_of=DAY), api.decide("n.xlsx", as_of=DAY)]
    for result in results:
        assert not numbers_in(result.to_json() + repr(result))


def test_an_open_workbook(place):
    put(place / "o.xlsx", book(acquisition=clean(2)))
    closed = api.check("o.xlsx", as_of=DAY)
    with Played() as excel:
        opened = api.check(excel.open(place / "o.xlsx"), as_of=DAY)
    assert opened.findings == closed.findings


def test_a_script_without_a_main_guard_runs_once(place):
    """Workers are started afresh; none of them runs the caller's script again."""
    put(place / "s.xlsx", book(acquisition=clean(8)))
    script = place / "script.py"
    script.write_text(
        "import datetime\nprint('once', flush=True)\nfrom shikaku import api\n"
        "r = api.letters('s.xlsx', out='s', format='docx', as_of=datetime.date(2026, 4, 15))\n"
        "print(r.letters['notice'])\n",
        "utf-8",
    )
    done = subprocess.run(
        [sys.executable, str(script)],
        cwd=place,
        env={**os.environ, "SHIKAKU_LOG_DIR": str(place / "log")},
        capture_output=True,
        text=True,
        timeout=120,
    )
    once, made = done.stdout.split()
    assert (once, done.stderr) == ("once", "") and int(made) > 0
