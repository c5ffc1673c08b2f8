"""Hostile text as data, as a template, as a file: nothing of it runs, nothing leaves its folder."""

import contextlib
import csv
import functools
import io
import os
import re
import shutil
import unicodedata
import zipfile
from pathlib import Path

import faultkit
import office
import pytest
import sample_rows
from bookparts import make, zips
from case_files import by_name, cases
from lxml import etree
from paths import TEMPLATES
from shikaku import cli
from shikaku.fields.text import half_width
from shikaku.letters.catalogue import KINDS
from shikaku.model.schema import schema

TEXTS = [c.get("value") or c["repeat"] * c["times"] for c in cases("protection/injection", "text")]
DAY = ("--as-of", "2026-04-15")
S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# What the hostile texts would leave in a formula, and our own formulas never hold.
_TRACES = re.compile(
    r"cmd\||HYPERLINK\(.http|127\.0\.0\.1|=?１＋１|(?<![A-Z0-9*{,])1\+1\b|/C calc|\{\{|\.\./|SUM\(1"
)


def run(*words: object) -> tuple[int, str]:
    """Run a command in this process: its status, and all that it says."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in "12"]
    with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
        try:
            status = cli.main([str(w) for w in words])
        except SystemExit as end:
            status = int(end.code or 0)
    for stream in streams:
        stream.flush()
    return status, "".join(s.buffer.getvalue().decode() for s in streams)


@pytest.fixture(autouse=True)
def own_places(tmp_path, monkeypatch):
    """Logs and the working folder of a test are its own."""
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))


def hostile_book(path: Path, texts: list[str], employer: str = "見本商事") -> Path:
    """A workbook in which each text is somebody's name, address, department and so on."""
    people = {key: [] for key in ("members", "acquisition", "dependants", "loss", "ledger")}
    for n, text in enumerate(texts):
        person = {
            "symbol": "1201", "number": f"{n + 1:04d}", "name": text, "kana": text, "sex": "女",
            "birth": "H2.1.2", "postal_code": "1000001", "address": text, "department": text,
            "remarks": text, "myna_status": "カードなし", "want": "希望する", "want_reason": text,
        }  # fmt: skip
        member = {"branch": "00", "kind": "被保険者", "acquired": "R5.4.1"}
        people["members"].append(person | member)
        people["acquisition"].append(
            person | {"number": f"{n + 501:04d}", "acquired": "R8.4.1", "no_number_reason": text}
        )
        people["dependants"].append(
            person
            | {"action": "該当", "branch": "01", "insured_name": text, "relation": text}
            | {"event_date": "R8.4.1", "event_reason": text}
        )
        gone = {
            "number": f"{n + 1001:04d}",
            "birth": "S50.1.2",
            "left": "R8.2.28",
            "lost": "R8.3.1",
        }
        people["loss"].append(person | gone | {"cause": "退職等", "lost_reason": text})
        people["ledger"].append(
            {"control_no": f"K-{n + 1}", "document": "資格確認書", "symbol": "1201"}
            | {"number": gone["number"], "branch": "00", "name": text, "department": text}
            | {"issued": "R7.12.2", "lost": "R8.3.1", "remarks": text}
        )
    columns = {key: schema().sheets[key].columns for key in people}
    rows = {
        key: [{k: v for k, v in row.items() if k in columns[key]} for row in listed]
        for key, listed in people.items()
    }
    settings = {
        "insurer_number": "06139992", "insurer_name": "見本健康保険組合", "insurer_address": "東京都",
        "insurer_phone": "03-0000-0000", "employer_symbol": "1201", "employer_name": employer,
        "employer_address": employer, "employer_owner": employer, "employer_contact": employer,
        "certificate_expiry": "2027-11-30",
    }  # fmt: skip
    make.book(path, rows, settings=settings)
    # XlsxWriter escapes the escape; this is how Excel keeps half a character.
    halved = {"xl/sharedStrings.xml": lambda data: data.replace(b"_x005F_xD800_", b"_xD800_")}
    zips.edit(path, halved)
    return path


def cleaned(text: str) -> str:
    """The text as XML can hold it, without spaces and what ``tidy`` takes out: characters that
    can't be seen."""
    unseen = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    text = re.sub(f"_xD800_$|[{unseen}]", "", text)
    return "".join(text.split())


def formulas(path: Path) -> list[str]:
    """Every formula of a workbook: cells, names, validations, conditional formats, links."""
    found = []
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        assert not [n for n in names if "externalLink" in n or "connections" in n], path.name
        for name in names:
            data = archive.read(name)
            if not name.endswith((".xml", ".rels")):
                continue
            root = etree.fromstring(data)
            if name.endswith(".rels"):
                outside = [e.get("Target") for e in root if e.get("TargetMode") == "External"]
                assert not outside, (path.name, name, outside)
            tags = (S + t for t in ("f", "formula", "formula1", "formula2", "definedName"))
            found += [e.text or "" for e in root.iter(*tags)]
            found += [e.get("location", "") for e in root.iter(S + "hyperlink")]
            assert not list(root.iter(S + "ddeLink", S + "oleLink"))
    return found


def assert_harmless_book(path: Path) -> None:
    """No hostile text stands in a formula; where it stands, it is a text."""
    assert not [f for f in formulas(path) if _TRACES.search(f)], path.name
    dangerous = {t for t in TEXTS if half_width(t.lstrip()[:1]) in ("=", "+", "-", "@")}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet"):
                for cell in etree.fromstring(archive.read(name)).iter(S + "c"):
                    value = cell.findtext(S + "v") or ""
                    assert value not in dangerous or cell.get("t") == "str", (path, cell.get("r"))


def assert_harmless_csv(path: Path, encoding: str = "utf-8-sig") -> None:
    """No field is a formula for a spreadsheet, of either width, behind spaces or not."""
    with open(path, encoding=encoding, newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows) > 1
    for row in rows:
        for field in row:
            first = half_width(field.lstrip()[:1])
            assert first not in ("=", "+", "-", "@") and field[:1] not in ("\t", "\r"), (path, row)


_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)


def assert_legal_names(folder: Path) -> None:
    """Names that Windows takes: no forbidden character, no device, no dot or space at the end."""
    for path in folder.rglob("*"):
        name = path.name
        assert not path.is_symlink()
        assert not re.search(r'[<>:"/\\|?*]', name), name
        assert not [c for c in name if unicodedata.category(c) in ("Cc", "Cs")], name
        assert not re.search("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]", name), name
        assert not _RESERVED.match(name) and name == name.rstrip(". "), name
        assert len(name.encode()) <= 255 and name.strip("."), name


def docx_text(path: Path) -> str:
    """A Word file's text without any space."""
    found = []
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if re.fullmatch(r"word/(document|header\d*|footer\d*)\.xml", name):
                root = etree.fromstring(archive.read(name))
                found += [e.text or "" for e in root.iter("{*}t")]
            assert not name.endswith((".bin", ".vml")) and "embeddings" not in name
    return "".join("".join(found).split())


def files_below(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*")}


# ---------------------------------------------------------------- data


@pytest.fixture(scope="module")
def worked(tmp_path_factory):
    """A folder in which every writing command has been over a hostile workbook, and what was said."""
    folder = tmp_path_factory.mktemp("hostile")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHIKAKU_LOG_DIR", str(folder / "log"))
        book = hostile_book(folder / "b.xlsx", TEXTS)
        whole = [t for t in TEXTS if "_xD800_" not in t]
        plain = [t for t in whole if t.encode("shift_jis", "ignore").decode("shift_jis") == t]
        wide = hostile_book(folder / "wide.xlsx", whole)
        narrow = hostile_book(folder / "narrow.xlsx", [t for t in plain if t.isprintable()])
        said = []
        for words in (
            ("check", book, "--write"),
            ("tidy", book, "--write"),
            ("run", book, "--out", folder / "out", "--format", "docx"),
            ("returns", book, "--write", "--report", folder / "report.xlsx"),
            ("export", wide, "--out", folder / "utf8"),
            ("export", narrow, "--out", folder / "sjis", "--encoding", "shift_jis"),
        ):
            status, text = run(*words, *DAY)
            said.append((words, status, text))
    return folder, said


def test_no_command_stumbles(worked):
    for words, status, text in worked[1]:
        assert status in (0, 1), (words[0], text[-500:])
        assert "Traceback" not in text and "思いがけない" not in text, words


def test_nothing_is_written_anywhere_else(worked):
    folder = worked[0]
    own = {
        "b.xlsx",
        "narrow.xlsx",
        "wide.xlsx",
        "report.xlsx",
        "out",
        "utf8",
        "sjis",
        "log",
    }
    assert {p.name for p in folder.iterdir()} == own
    assert_legal_names(folder)
    kinds = {p.name for p in (folder / "out").iterdir() if p.is_dir()}
    assert kinds <= set(KINDS) and len(kinds) >= 6
    assert all(p.parent.parent == folder / "out" for p in (folder / "out").rglob("*.docx"))


def test_workbooks_hold_texts_and_no_new_formulas(worked):
    folder, _ = worked
    assert_harmless_book(folder / "b.xlsx")
    assert_harmless_book(folder / "report.xlsx")
    before = hostile_book(folder.parent / "before.xlsx", TEXTS)
    kinds = {re.sub(r"\d+", "9", f) for f in formulas(before)}
    new = {re.sub(r"\d+", "9", f) for f in formulas(folder / "b.xlsx")} - kinds
    texts = {re.sub(r"\d+", "9", t) for t in TEXTS}
    assert not new & texts and not [n for n in new if _TRACES.search(n)]


def test_csv_files_are_safe_to_open(worked):
    folder, _ = worked
    assert_harmless_csv(folder / "out" / "index.csv")
    for place, encoding in (("utf8", "utf-8-sig"), ("sjis", "cp932")):
        exports = sorted((folder / place).glob("*.csv"))
        assert len(exports) == 3
        for path in exports:
            assert_harmless_csv(path, encoding)


def test_letters_show_the_text_as_it_was_typed(worked):
    """Each text, Jinja included, stands in a certificate letter for letter; nothing was worked out."""
    folder, _ = worked
    letters = [cleaned(docx_text(p)) for p in sorted((folder / "out").rglob("*.docx"))]
    assert len(letters) > len(TEXTS)
    everything = "\n".join(letters)
    for text in TEXTS:
        assert cleaned(text) in everything, text
    assert "{{777*777}}" in everything and str(777 * 777) not in everything
    assert "x" * 9 not in everything and "<class" not in everything


def test_pdf_files_show_the_text_as_it_was_typed(tmp_path):
    chosen = ["{{ 777*777 }}", "=1+1", "</w:t></w:r><w:t>x</w:t>", "&amp;&lt;&#65;&xxe;", "../../x"]
    assert set(chosen) <= set(TEXTS)
    book = hostile_book(tmp_path / "b.xlsx", chosen)
    words = ("--kind", "certificate-cover", "--format", "pdf", "--pdf-engine", "embedded")
    status, said = run("letters", book, "--out", tmp_path / "out", *words, *DAY)
    assert status == 0, said
    shown = "\n".join(
        "".join(office.pdf_text(p).split()) for p in (tmp_path / "out").rglob("*.pdf")
    )
    for text in chosen:
        assert cleaned(text) in shown, text
    assert str(777 * 777) not in shown


@pytest.mark.parametrize("encoding", ["utf-8", "shift_jis"])
def test_half_a_character_stops_an_export_and_is_reported(tmp_path, encoding):
    half = next(t for t in TEXTS if "_xD800_" in t)
    book = hostile_book(tmp_path / "b.xlsx", [half])
    _, said = run("export", book, "--out", tmp_path / "csv", "--encoding", encoding, *DAY)
    assert "片割れ" in said and "思いがけない" not in said, said
    assert not list(tmp_path.rglob("*.csv"))


@pytest.mark.parametrize(
    "text", ["../../x", "CON", "=1+1", "{{ 777*777 }}", "C:\\x", "\u202efdp.exe"]
)
def test_an_employers_name_makes_a_legal_file_name(tmp_path, letters_here, text):
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    book = hostile_book(inner / "b.xlsx", ["見本 太郎"], employer=text)
    status, said = run(
        "letters", book, "--out", inner / "out", "--format", "docx", "--per", "employer", *DAY
    )
    assert status == 0, said
    assert {p.name for p in tmp_path.iterdir()} == {"a", "log"}
    assert {p.name for p in inner.iterdir()} == {"b.xlsx", "out"}
    assert_legal_names(inner)
    assert list((inner / "out").rglob("*.docx"))


def test_collected_workbooks_stay_harmless(tmp_path):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for n, text in enumerate(TEXTS[:6]):
        hostile_book(inbox / f"{n}.xlsx", TEXTS[n * 6 : n * 6 + 7], employer=text)
    strange = inbox / "=cmd|' ..xlsx"
    shutil.copy(inbox / "0.xlsx", strange)
    status, said = run("collect", inbox, "--out", tmp_path / "c.xlsx", *DAY)
    assert status in (0, 1) and "Traceback" not in said and "思いがけない" not in said
    assert_harmless_book(tmp_path / "c.xlsx")
    status, said = run("check", tmp_path / "c.xlsx", "--write", *DAY)
    assert status == 1, said
    assert_harmless_book(tmp_path / "c.xlsx")
    assert {p.name for p in tmp_path.iterdir()} == {"inbox", "log", "c.xlsx"}


# ---------------------------------------------------------------- templates


def template_with(folder: Path, body: str) -> Path:
    """A sound template with one more paragraph, as a user's own."""
    folder.mkdir(exist_ok=True)
    parts = zips.parts(TEMPLATES / "certificate-cover.docx")
    text = body.replace("&", "&amp;").replace("<", "&lt;")
    extra = f'<w:p><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'.encode()
    document = parts["word/document.xml"]
    at = document.rindex(b"<w:sectPr")
    parts["word/document.xml"] = document[:at] + extra + document[at:]
    (folder / "certificate-cover.docx").write_bytes(zips.packed(parts))
    return folder


def with_templates(tmp_path: Path, folder: Path) -> tuple[int, str]:
    """``letters`` with a user's templates, in a process that may neither hang nor grow."""
    book = hostile_book(tmp_path / "b.xlsx", ["見本 太郎"])
    words = ("letters", book, "--out", tmp_path / "out", "--format", "docx", "--kind")
    words += ("certificate-cover", "--templates", folder, *DAY)
    return watched(tmp_path, *words)


def watched(place: Path, *words: object) -> tuple[int, str]:
    """Run a command in a process that may neither hang nor grow."""
    return faultkit.run(place, *words, before=faultkit.bounded)


@pytest.mark.skipif(
    not hasattr(os, "fork"), reason="os.fork がないため、この試験は実行できません。"
)
@pytest.mark.parametrize("case", cases("protection/injection", "template"), ids=by_name)
def test_hostile_templates_are_refused(tmp_path, case):
    folder = template_with(tmp_path / "own", case["body"])
    status, said = with_templates(tmp_path, folder)
    assert status == 2, (status, said[-300:])
    assert "ひな形「certificate-cover.docx」" in said, said[:300]
    assert "root:" not in said and "メモリー" not in said
    assert not list((tmp_path / "out").rglob("*.docx"))


def test_a_sound_template_is_taken(tmp_path):
    """The refusals above are about the paragraph, not about the way it was put in."""
    folder = template_with(tmp_path / "own", "{{ to_name }}{{ 2 + 3 * 4 }}{{ to_name ~ 1 }}")
    status, said = with_templates(tmp_path, folder)
    assert status == 0 and list((tmp_path / "out").rglob("*.docx")), said


def _doctype(data: bytes, text: bytes, at: bytes) -> bytes:
    head, tail = (
        data.split(b"?>", 1) if data.startswith(b"<?xml") else (b"<?xml version='1.0'", data)
    )
    return head + b"?>" + text + tail.replace(at, at + b"&a;", 1)


_LAUGHS = b'<!DOCTYPE x [<!ENTITY z "zzzzzzzzzz">' + b"".join(
    b'<!ENTITY %c "%s">' % (c, b"&%c;" % (c + 1) * 10) for c in reversed(range(97, 122))
) + b"]>"  # fmt: skip
_FILE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
_HOSTILE_FILES = {
    "xxe": lambda parts, main, at: parts | {main: _doctype(parts[main], _FILE, at)},
    "laughs": lambda parts, main, at: parts | {main: _doctype(parts[main], _LAUGHS, at)},
    "bomb": lambda parts, main, at: parts | {main: parts[main] + b" " * (200 << 20)},
    "bomb beside": lambda parts, main, at: parts | {"x/media/image1.png": b"\0" * (200 << 20)},
}


@functools.cache
def spoilt_file(kind: str, what: str) -> bytes:
    """A .docx or .xlsx with an entity, or one that swells."""
    if kind == "docx":
        parts = zips.parts(TEMPLATES / "certificate-cover.docx")
        return zips.packed(_HOSTILE_FILES[what](parts, "word/document.xml", b"<w:t>"))
    path = Path(os.environ["SHIKAKU_LOG_DIR"] + ".xlsx")
    parts = zips.parts(make.book(path, {"acquisition": sample_rows.people(1)}))
    return zips.packed(_HOSTILE_FILES[what](parts, "xl/sharedStrings.xml", b"<t>"))


@pytest.mark.skipif(
    not hasattr(os, "fork"), reason="os.fork がないため、この試験は実行できません。"
)
@pytest.mark.parametrize("what", _HOSTILE_FILES)
def test_a_hostile_word_file_is_no_template(tmp_path, what):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "certificate-cover.docx").write_bytes(spoilt_file("docx", what))
    status, said = with_templates(tmp_path, tmp_path / "own")
    assert status == 2 and "certificate-cover.docx" in said, (status, said[-300:])
    assert "root:" not in said and "メモリー" not in said
    status, said = watched(tmp_path, "templates", "check", "--templates", tmp_path / "own")
    assert status in (1, 2) and "certificate-cover.docx" in said and "思いがけない" not in said


@pytest.mark.skipif(
    not hasattr(os, "fork"), reason="os.fork がないため、この試験は実行できません。"
)
@pytest.mark.parametrize("what", ["xxe", "laughs", "bomb"])
def test_a_hostile_workbook_is_refused_alone_and_among_others(tmp_path, what):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "bad.xlsx").write_bytes(spoilt_file("xlsx", what))
    make.book(inbox / "good.xlsx", {"acquisition": sample_rows.people(2)})
    status, said = watched(tmp_path, "check", inbox / "bad.xlsx")
    assert status == 2 and "bad.xlsx" in said and "root:" not in said and "メモリー" not in said
    status, said = watched(tmp_path, "collect", inbox, "--out", tmp_path / "c.xlsx", "--json", *DAY)
    assert status == 1 and "root:" not in said
    states = dict(re.findall(r'"file": "(\w+\.xlsx)".*?"state": "(\w+)"', said, re.DOTALL))
    assert states == {"bad.xlsx": "unreadable", "good.xlsx": "taken"}
