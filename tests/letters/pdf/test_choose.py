"""LibreOffice and Word as PDF engines, and which engine is taken.

LibreOffice runs for real. Word doesn't exist here: a fake object notes what it is asked to do,
and prints with LibreOffice's result or with none.
"""

import io
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import letterkit
import office
import pikepdf
import pytest
from letterkit import docx, p
from shikaku.letters.docx.jinja_syntax import Problem
from shikaku.letters.docx.template import Template
from shikaku.letters.pdf import choose, libreoffice, office_batch
from shikaku.letters.pdf import word as word_engine
from shikaku.letters.pdf.base import Fault, Printed, PrintJob
from shikaku.letters.pdf.finish import Finish
from shikaku.letters.pdf.inspect import look
from shikaku.letters.pdf.libreoffice import LibreOffice
from shikaku.letters.pdf.rdocx.engine import Embedded
from shikaku.letters.pdf.word import Word
from shikaku.system.errors import PdfError, UsageError

TEMPLATE = Template(letterkit.letter_template(), letterkit.KIND)
HOW = Finish()


def pieces(count: int, pages: int | None = 1) -> list[PrintJob]:
    filled = [TEMPLATE.fill(letterkit.context(i)) for i in range(count)]
    return [
        PrintJob(f.docx, f"題{i}", f.values, pages, (letterkit.context(i)["name"],))
        for i, f in enumerate(filled)
    ]


PRINTED: dict[bytes, bytes] = {}
"""What the office made of a Word file: where Word is played, it need not print the same one again."""


def as_word_prints(source: Path) -> bytes:
    """The PDF of a Word file, by LibreOffice."""
    data = source.read_bytes()
    if data not in PRINTED:
        LibreOffice().run([source], source.parent, 1)
        PRINTED[data] = source.with_suffix(".pdf").read_bytes()
    return PRINTED[data]


def first_text(result: Printed) -> str:
    with pikepdf.open(io.BytesIO(result.pdf)) as opened:
        return look(opened).pages[0]


@pytest.fixture
def engine():
    office.soffice()
    return LibreOffice()


class TestLibreOffice:
    def test_a_batch_is_printed_joined_and_cut_rightly(self, engine, monkeypatch):
        """Each letter with the text that our own engine prints."""
        monkeypatch.setattr(engine, "_singly", None)
        results = engine.convert(pieces(5), HOW)
        assert [first_text(r) for r in results[:2]] == [
            first_text(r) for r in Embedded().convert(pieces(2), HOW)
        ]
        for number, result in enumerate(results):
            assert first_text(result).startswith(
                "".join(letterkit.context(number)["name"].split()) + "様"
            )
            with pikepdf.open(io.BytesIO(result.pdf)) as opened:
                assert len(opened.pages) == result.pages == 1
                assert str(opened.Root.Lang) == "ja-JP"
                assert str(opened.docinfo.Title) == f"題{number}"

    def test_when_one_cut_is_wrong_the_batch_is_printed_one_by_one(self, engine):
        several = pieces(3)
        several[1] = PrintJob(several[1].docx, "題", ("印字されない値",), 1, ("見本",))
        results = engine.convert(several, HOW)
        assert [type(r) for r in results] == [Printed, Fault, Printed]
        assert "印字されない値" in results[1].message

    @pytest.mark.parametrize("values", [("見本\U000f1234",), ()])
    def test_a_glyph_that_no_font_has_names_person_and_character(self, engine, values):
        """Also when it stands in the template and not in a value: never a □."""
        piece = PrintJob(docx(p("見本\U000f1234"), title="題"), "題", values, 1, ("見本　太郎",))
        (result,) = engine.convert([piece], HOW)
        assert isinstance(result, Fault)
        assert "見本　太郎" in result.message and "U+F1234" in result.message

    def test_a_name_whose_characters_come_from_several_fonts_is_printed(self, engine):
        """The line's main font draws its share of the name first, a substitute the rest."""
        names = ["Nguyễn Thị Phương", "𠮷田 葛󠄀子😀", "Łukasz 髙﨑"]
        several = [PrintJob(docx(p(f"{name} 様")), "題", (name,), 1, ("見本",)) for name in names]
        assert [type(result) for result in engine.convert(several, HOW)] == [Printed] * 3

    def test_letters_that_count_their_pages_are_not_joined(self, engine, monkeypatch):
        field = (
            '<w:p><w:fldSimple w:instr=" NUMPAGES "><w:r><w:t>9</w:t></w:r></w:fldSimple>'
            "<w:r><w:t>頁</w:t></w:r></w:p>"
        )
        template = Template(docx(p("{{ name }}"), footer=field, title="題"), letterkit.KIND)
        monkeypatch.setattr(engine, "_merged", None)
        letters = [PrintJob(template.render(letterkit.context(i)), "題") for i in range(2)]
        assert all(first_text(r).endswith("1頁") for r in engine.convert(letters, HOW))

    def test_one_that_hangs_is_ended(self, tmp_path, monkeypatch):
        hanging = tmp_path / "soffice"
        hanging.write_text("#!/bin/sh\nsleep 60 & echo $! > child\nwait\n")
        hanging.chmod(0o755)
        monkeypatch.setenv("SHIKAKU_SOFFICE", str(hanging))
        libreoffice.program.cache_clear()
        try:
            slow = LibreOffice(limit=0.5)
        finally:
            monkeypatch.undo()
            libreoffice.program.cache_clear()
        began = time.monotonic()
        with pytest.raises(PdfError, match="終わりませんでした"):
            slow.convert(pieces(1), HOW)
        assert time.monotonic() - began < 20

    def test_none_there(self, monkeypatch):
        monkeypatch.setenv("SHIKAKU_SOFFICE", "/nowhere/soffice")
        libreoffice.program.cache_clear()
        try:
            with pytest.raises(PdfError, match="見つかりません"):
                LibreOffice()
        finally:
            monkeypatch.undo()
            libreoffice.program.cache_clear()


class FakeWord:
    """What Word's object model looks like to us. hang: the letter over which it hangs."""

    def __init__(self, hang: bool = False, fail: bool = False):
        self.calls: list[str] = []
        self.open: list[str] = ["ユーザーの文書.docx"]
        self.hang, self.fail = hang, fail
        self.killed = threading.Event()
        self.Documents = self
        self.Count = 0

    def Open(self, FileName, **options):
        assert options == {
            "ConfirmConversions": False, "ReadOnly": True, "AddToRecentFiles": False,
            "Visible": False,
        }  # fmt: skip
        self.calls.append(f"open {Path(FileName).name}")
        return FakeDocument(self, Path(FileName))

    def Quit(self, save):
        assert save == 0
        self.calls.append("quit")


class FakeDocument:
    def __init__(self, word: FakeWord, path: Path):
        self.word, self.path = word, path

    def ExportAsFixedFormat(self, OutputFileName, ExportFormat, **options):
        assert ExportFormat == 17
        assert options["CreateBookmarks"] == 2
        if self.word.hang:
            assert self.word.killed.wait(10)
            raise OSError("RPC server is unavailable")
        if self.word.fail:
            raise OSError("Command failed")
        assert Path(OutputFileName) == self.path.with_suffix(".pdf")
        self.path.with_suffix(".pdf").write_bytes(as_word_prints(self.path))

    def Close(self, save):
        assert save == 0
        self.word.calls.append(f"close {self.path.name}")


def word(fake: FakeWord, limit: float | None = None) -> Word:
    return Word(lambda: fake, lambda _: 4711, lambda _: fake.killed.set(), limit)


class TestWord:
    def test_our_document_is_opened_printed_and_closed_and_word_quits(self):
        office.soffice()
        fake = FakeWord()
        results = word(fake).convert(pieces(2), HOW)
        assert fake.calls == ["open batch.docx", "close batch.docx", "quit"]
        assert fake.open == ["ユーザーの文書.docx"]
        assert (fake.Visible, fake.DisplayAlerts, fake.AutomationSecurity) == (False, 0, 3)
        assert [first_text(r)[:2] for r in results] == ["見本", "見本"]

    def test_a_document_that_the_user_opened_in_our_word_is_left_to_him(self):
        """Explorer may hand a document to the Word that runs unseen: it is shown, not quit."""
        fake = FakeWord(fail=True)
        fake.Count = 1
        word(fake).convert(pieces(1), HOW)
        assert "quit" not in fake.calls
        assert (fake.Visible, fake.DisplayAlerts) == (True, -1)

    def test_one_that_hangs_is_ended_and_the_letters_are_reported(self):
        fake = FakeWord(hang=True)
        with pytest.raises(PdfError, match="終わりませんでした"):
            word(fake, limit=0.3).convert(pieces(1), HOW)
        assert fake.killed.is_set()
        assert fake.calls[-1] == "quit"

    def test_a_letter_it_refuses_is_that_letters_fault_and_word_quits(self):
        fake = FakeWord(fail=True)
        results = word(fake).convert(pieces(2), HOW)
        assert [type(r) for r in results] == [Fault, Fault]
        assert fake.calls[-3:] == ["open letter000001.docx", "close letter000001.docx", "quit"]

    def test_one_that_does_not_start(self):
        def broken():
            raise OSError("no licence")

        with pytest.raises(PdfError, match="起動できません"):
            Word(broken).convert(pieces(1), HOW)


@pytest.fixture
def mac(monkeypatch, tmp_path):
    """Word on a Mac, where osascript is played by LibreOffice; the calls of osascript."""
    calls = []

    def osascript(words, **options):
        assert options["timeout"] > 0
        program, _, script, source, target, name = words
        calls.append((program, script, Path(source), Path(target), name))
        if mac.stderr or mac.hangs:
            if mac.hangs:
                raise subprocess.TimeoutExpired(words, 1)
            return SimpleNamespace(returncode=1, stderr=mac.stderr)
        Path(target).write_bytes(as_word_prints(Path(source)))
        return SimpleNamespace(returncode=0, stderr=b"")

    office.soffice()
    mac = SimpleNamespace(calls=calls, stderr=b"", hangs=False, engine=Word(lambda: None))
    mac.engine._mac = True
    monkeypatch.setattr(mac.engine, "workplace", lambda: tmp_path)
    monkeypatch.setattr(word_engine, "subprocess", SimpleNamespace(
        run=osascript, TimeoutExpired=subprocess.TimeoutExpired
    ))  # fmt: skip
    return mac


@pytest.mark.skipif(sys.platform == "win32", reason="a Mac's way, which needs its file locks")
class TestWordOnAMac:
    def test_our_document_has_a_name_that_no_other_has(self, mac):
        """The user's own batch.docx, open in the same Word, is neither printed nor closed."""
        results = mac.engine.convert(pieces(2), HOW)
        assert [first_text(r)[:2] for r in results] == ["見本", "見本"]
        ((program, script, source, target, name),) = mac.calls
        assert program == "osascript"
        assert re.fullmatch(r"shikaku-[0-9a-f]{16}\.docx", name) and source.name == name
        assert target.name == "batch.pdf"
        mac.engine.convert(pieces(1), HOW)
        assert mac.calls[-1][4] != name

    def test_nothing_is_written_into_the_script(self, mac):
        """Paths are handed over as arguments: no quote in a folder's name can change the script."""
        mac.engine.convert(pieces(1), HOW)
        _, script, source, _, _ = mac.calls[0]
        assert script == word_engine._MAC_SCRIPT
        assert str(source) not in script
        assert "active document" not in script and "document 1" not in script
        lines = [line.split(" {")[0].strip() for line in script.splitlines()]
        assert lines.count("try") == lines.count("end try") == 2
        assert lines.count("on run") == lines.count("end run") == 1

    def test_when_the_user_has_not_allowed_it_he_is_reported_where_to(self, mac):
        mac.stderr = b"execution error: Not authorized to send Apple events (-1743)"
        with pytest.raises(PdfError) as error:
            mac.engine.convert(pieces(1), HOW)
        assert "オートメーション" in error.value.hint

    def test_a_letter_it_refuses_is_that_letters_fault(self, mac):
        mac.stderr = b"execution error: (-50)"
        assert [type(r) for r in mac.engine.convert(pieces(2), HOW)] == [Fault, Fault]

    def test_one_that_hangs_is_reported(self, mac):
        mac.hangs = True
        with pytest.raises(PdfError, match="終わりませんでした"):
            mac.engine.convert(pieces(1), HOW)


def outline_pdf(titles: list[str]) -> pikepdf.Pdf:
    """Bookmarks as Word writes them: an outline, not named destinations."""
    made = pikepdf.Pdf.new()
    for _ in titles:
        made.add_blank_page()
    with made.open_outline() as outline:
        outline.root.extend(pikepdf.OutlineItem(t, i) for i, t in enumerate(titles))
    out = io.BytesIO()
    made.save(out)
    return pikepdf.open(out)


def test_words_bookmarks_are_understood():
    assert office_batch._starts(outline_pdf(["letter000000", "letter000001"]), 2) == [0, 1]


@pytest.mark.parametrize("titles", [["letter000000", "x"], ["x", "letter000001"]])
def test_a_lost_bookmark_is_seen(titles):
    with pytest.raises(PdfError):
        office_batch._starts(outline_pdf(titles), 2)


class TestChoice:
    LOST = Problem("warning", "本文", "", "図形は正しく出ません。")

    def lacking(self, monkeypatch, *names: str) -> None:
        engines = ("embedded", "libreoffice", "word")
        monkeypatch.setattr(choose, "missing", lambda: {n: "ない" * (n in names) for n in engines})

    def test_a_plain_template_goes_to_the_embedded_engine(self, monkeypatch):
        self.lacking(monkeypatch)
        assert choose.choose("auto", {"notice": []})["notice"].name == "embedded"

    @pytest.mark.parametrize(("absent", "chosen"), [((), "word"), (("word",), "libreoffice")])
    def test_one_that_it_would_spoil_goes_elsewhere(self, monkeypatch, absent, chosen):
        self.lacking(monkeypatch, *absent)
        found = choose.choose("auto", {"notice": [], "own": [self.LOST]})
        assert found["notice"].name == "embedded"
        assert found["own"].name == chosen
        assert "書式" in found["own"].reason

    def test_nothing_there(self, monkeypatch):
        self.lacking(monkeypatch, "word", "libreoffice")
        with pytest.raises(PdfError, match="図形"):
            choose.choose("auto", {"own": [self.LOST]})
        self.lacking(monkeypatch, "word", "libreoffice", "embedded")
        with pytest.raises(PdfError):
            choose.choose("auto", {"notice": []})

    def test_what_the_user_says_counts(self):
        assert choose.choose("libreoffice", {"a": [self.LOST]})["a"].name == "libreoffice"
        with pytest.raises(UsageError):
            choose.choose("acrobat", {"a": []})

    def test_doctor_has_a_line_for_each(self):
        topics = [topic for _, topic, _ in choose.examine()]
        assert "PDFエンジン" in topics
        assert "PDF embedded" in topics
        assert "PDF libreoffice" in topics
        assert "絵文字・海外の文字" in topics
