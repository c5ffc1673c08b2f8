"""Letters in bulk: every file once, also after a kill; one person's fault is nobody else's."""

import csv
import dataclasses
import datetime as dt
import io
import json
import multiprocessing
import os
import signal
import stat
import subprocess
import sys
import textwrap
import time
from collections import deque
from pathlib import Path
from types import SimpleNamespace

import letterkit
import pdf_standards
import pikepdf
import pytest
from inline_pool import Inline
from shikaku import cli
from shikaku.fields.text import guarded
from shikaku.letters.bulk import produce as bulk_produce
from shikaku.letters.bulk.file_names import Names, safe_stem
from shikaku.letters.bulk.journal import FILE, Digest, RunJournal, result_for
from shikaku.letters.bulk.produce import produce
from shikaku.letters.bulk.worker import LetterWorker, write
from shikaku.letters.fonts.coverage import is_selector
from shikaku.letters.model import Letter, PersonRef
from shikaku.letters.pdf import choose
from shikaku.letters.pdf.inspect import look
from shikaku.system import places
from shikaku.system.errors import PdfError, TemplateError, UsageError
from shikaku.system.worker_pool import Job, Lost, Pool
from shikaku.template import builder


@pytest.fixture
def templates(tmp_path) -> Path:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "notice.docx").write_bytes(letterkit.letter_template())
    return folder


@pytest.fixture
def make(tmp_path, templates, monkeypatch):
    """Letters in worker processes where ``jobs`` says how many, otherwise in this one."""

    def make(letters, out="out", **options):
        with monkeypatch.context() as patched:
            if "jobs" not in options:
                patched.setattr(bulk_produce, "Pool", Inline)
            return produced(letters, tmp_path / out, templates, **options)

    return make


def produced(letters, out: Path, templates: Path, **options):
    options = {"formats": ("docx",), "progress": False} | options
    return produce(letters, out, kinds=letterkit.KINDS, templates_dirs=[templates], **options)


BOTH = {"formats": ("docx", "pdf"), "engine": "embedded", "jobs": 2}


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> dict[str, bytes]:
    """What a run leaves that nobody disturbs."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "notice.docx").write_bytes(letterkit.letter_template())
    produced(letterkit.letters(SEVERAL), folder / "out", folder, **BOTH)
    return files(folder / "out")


def files(folder: Path) -> dict[str, bytes]:
    """Everything below a folder but the journal, whose salt differs from folder to folder."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name not in (FILE, ".shikaku-lock")
    }


def index(folder: Path) -> list[dict]:
    text = (folder / "index.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))


def letter(number: int, name: str = "", **changes) -> Letter:
    one = next(iter(letterkit.letters(1, first=number)))
    values = letterkit.context(number, name) | changes.pop("context", {})
    fields = {
        "kind": one.kind,
        "stem": f"1234-{number}-00_{values['name']}",
        "group": one.group,
        "title": values["title"],
        "people": (PersonRef("members", number + 2, f"1234-{number}-00", values["name"]),),
        "addressee": values["name"],
        "context": values,
    }
    return Letter(**(fields | changes))


class TestPerPerson:
    def test_word_and_pdf_for_each(self, make, tmp_path):
        done = []
        report = make(
            letterkit.letters(5), formats=("docx", "pdf"), jobs=2, engine="embedded",
            on_done=done.append,
        )  # fmt: skip
        assert report.counts == {"done": 5}
        assert len(done) == 5
        out = tmp_path / "out"
        expected = {
            f"notice/1234-{i}-00_{letterkit.context(i)['name']}.{e}"
            for i in range(5)
            for e in ("docx", "pdf")
        }
        assert set(files(out)) == expected | {"index.csv"}
        rows = index(out)
        assert [r["番号"] for r in rows] == ["0", "1", "2", "3", "4"]
        assert [r.people[0].row for r in report.results] == [2, 3, 4, 5, 6]
        assert {(r["頁数"], r["状態"]) for r in rows} == {("1", "作成")}
        assert rows[0]["ファイル"].split(" | ") == list(report.results[0].files.values())

    def test_the_run_says_which_engine_and_why(self, make):
        report = make(letterkit.letters(1), formats=("pdf",))
        assert report.engines["notice"].name == "embedded"
        assert report.engines["notice"].reason

    def test_two_runs_give_the_same_bytes(self, make, tmp_path):
        for out in ("one", "two"):
            make(letterkit.letters(3), out, formats=("docx", "pdf"), engine="embedded")
        assert files(tmp_path / "one") == files(tmp_path / "two")

    def test_a_second_run_makes_the_same_files_and_no_more(self, make, tmp_path):
        make(letterkit.letters(3))
        before = files(tmp_path / "out")
        assert make(letterkit.letters(3)).counts == {"done": 3}
        assert files(tmp_path / "out") == before

    def test_one_persons_fault_leaves_the_others_alone(self, make, tmp_path):
        people = [
            letter(1),
            letter(2, "見本　\ue123"),
            letter(3),
            letter(4, context={"kana": None}),
        ]
        report = make(people, formats=("docx", "pdf"), engine="embedded")
        assert [r.state for r in report.results] == ["done", "partial", "done", "failed"]
        assert "\ue123" in report.results[1].reason
        assert "kana" in report.results[3].reason
        rows = index(tmp_path / "out")
        assert [r["状態"] for r in rows] == ["作成", "一部作成", "作成", "未作成"]
        assert rows[3]["ファイル"] == ""

    def test_a_letter_that_fails_leaves_no_half_one_in_its_place(self, make, tmp_path):
        """The Word file of a letter without PDF goes when it can't be made at all next time."""
        options = {"formats": ("docx", "pdf"), "engine": "embedded"}
        assert make([letter(1, context={"remarks": "\ue123"})], **options).counts == {"partial": 1}
        assert make([letter(1, context={"kana": None})], **options).counts == {"failed": 1}
        assert list((tmp_path / "out" / "notice").iterdir()) == []
        assert [r["状態"] for r in index(tmp_path / "out")] == ["未作成"]

    def test_a_letter_that_fails_leaves_the_issued_one_alone(self, make, tmp_path):
        make([letter(1), letter(2)])
        before = files(tmp_path / "out" / "notice")
        report = make([letter(1, context={"kana": None})])
        assert report.counts == {"failed": 1}
        assert files(tmp_path / "out" / "notice") == before
        rows = index(tmp_path / "out")
        assert [(r["番号"], r["状態"], bool(r["ファイル"])) for r in rows] == [
            ("1", "作成", True), ("2", "作成", True), ("1", "未作成", False),
        ]  # fmt: skip

    @pytest.mark.parametrize("per", ["person", "employer"])
    def test_a_later_letter_never_replaces_an_issued_one(self, make, tmp_path, per):
        """The pre-notice and the request of one employer or person have the same name."""
        first = make(letterkit.letters(2), per=per)
        before = files(tmp_path / "out" / "notice")
        later = [letter(n, context={"remarks": "2度目"}) for n in range(2)]
        second = make(later, per=per)
        paths = [r.files["docx"] for r in (*first.results, *second.results)]
        assert all(
            b == a.replace(".docx", "_2.docx") for a, b in zip(paths[:2], paths[2:], strict=True)
        )
        after = files(tmp_path / "out" / "notice")
        assert before.items() < after.items()
        assert [r["ファイル"] for r in index(tmp_path / "out")] == paths
        # the same letters again, in either run's form, are their own files
        assert [r.files["docx"] for r in make(later, per=per).results] == paths[2:]
        assert [r.files["docx"] for r in make(letterkit.letters(2), per=per).results] == paths[:2]
        assert files(tmp_path / "out" / "notice") == after

    @pytest.mark.parametrize("per", ["person", "employer"])
    def test_made_again_on_its_day_a_letter_takes_the_place_of_the_first(self, make, tmp_path, per):
        """The wrong one beside the right one would be sent, too; what another day issued stays."""
        day = {"per": per, "as_of": dt.date(2026, 4, 15)}
        make(letterkit.letters(2), **day)
        mended = [letter(n, context={"remarks": "直した"}) for n in range(2)]
        first = files(tmp_path / "out" / "notice")
        again = make([*mended, letter(3)], again=True, **day)
        now = files(tmp_path / "out" / "notice")
        assert first.keys() <= now.keys() and not any("_2" in name for name in now)
        assert not first.items() & now.items()
        assert {f"notice/{name}" for name in now} == {r.files["docx"] for r in again.results}
        make(letterkit.letters(2), again=True, **day | {"as_of": dt.date(2026, 4, 16)})
        assert now.items() < files(tmp_path / "out" / "notice").items()

    def test_made_again_without_one_of_its_letters_a_file_stays(self, make, tmp_path):
        """An employer's list with fewer people, a Word file without its PDF: nothing is lost or outdated."""
        day = {"as_of": dt.date(2026, 4, 15), "again": True}
        mended = letter(0, context={"remarks": "直した"})
        make([letter(0), letter(3)], per="employer", **day)
        make([mended], per="employer", **day)
        both = {"formats": ("docx", "pdf"), "engine": "embedded"}
        make([letter(1)], **both, **day)
        make([letter(1, context={"remarks": "直した"})], **day)
        names = sorted(files(tmp_path / "out" / "notice"))
        assert sum("_2.docx" in name for name in names) == 2

    def test_another_format_of_an_issued_letter_stands_beside_it(self, make):
        made = make(letterkit.letters(1)).results[0].files["docx"]
        both = make(letterkit.letters(1), formats=("docx", "pdf"), engine="embedded")
        assert both.results[0].files == {"docx": made, "pdf": made.replace(".docx", ".pdf")}

    def test_an_employers_new_list_leaves_the_issued_one_alone(self, make, tmp_path):
        make([letter(0), letter(3)], per="employer")
        before = files(tmp_path / "out" / "notice")
        report = make([letter(0), letter(3), letter(6)], per="employer")
        assert {r.files["docx"] for r in report.results} == {"notice/株式会社みほん0_2.docx"}
        assert before.items() < files(tmp_path / "out" / "notice").items()

    def test_what_was_never_issued_is_replaced(self, make, tmp_path, monkeypatch):
        """A run that broke off before its end has issued nothing: its files are made anew."""
        monkeypatch.setattr(RunJournal, "finish", lambda self: None)
        first = make(letterkit.letters(2))
        second = make([letter(n, context={"remarks": "直した"}) for n in range(2)])
        assert [r.files for r in second.results] == [r.files for r in first.results]
        assert len(index(tmp_path / "out")) == 2

    def test_those_that_wait_are_in_the_index_until_their_kinds_next_run(self, make, tmp_path):
        held = result_for(letter(2), state="held", reason="番号が入るまで保留しています。")
        make([letter(1)], waiting={"notice": [held]})
        out = tmp_path / "out"
        assert [(r["番号"], r["状態"], r["ファイル"]) for r in index(out)][1:] == [
            ("2", "保留", "")
        ]
        assert index(out)[1]["理由"] == held.reason
        make([], waiting={"other": []})
        assert [r["状態"] for r in index(out)] == ["作成", "保留"]
        make([letter(2)], waiting={"notice": []})
        assert [(r["番号"], r["状態"]) for r in index(out)] == [("1", "作成"), ("2", "作成")]

    def test_a_file_that_cannot_be_replaced_is_that_letters_fault(self, make, tmp_path):
        one = letter(1)
        in_the_way = tmp_path / "out" / "notice" / f"{one.stem}.docx"
        (in_the_way / "x").mkdir(parents=True)
        report = make([one, letter(2)])
        assert [r.state for r in report.results] == ["failed", "done"]
        assert "書き込めません" in report.results[0].reason

    def test_two_people_of_one_name_get_two_files(self, make):
        people = [letter(1), letter(1, people=(PersonRef("loss", 9, "1234-1-01", "見本"),))]
        stems = [r.files["docx"] for r in make(people).results]
        assert stems[1] == stems[0].replace(".docx", "_2.docx")
        again = [r.files["docx"] for r in make(reversed(people)).results]
        assert again == stems[::-1]

    def test_a_password_locks_both_files(self, make, tmp_path):
        import msoffcrypto

        report = make(
            letterkit.letters(1),
            formats=("docx", "pdf"),
            engine="embedded",
            password="ひみつの言葉",
        )
        docx, pdf = (tmp_path / "out" / report.results[0].files[f] for f in ("docx", "pdf"))
        with pytest.raises(pikepdf.PasswordError):
            pikepdf.open(pdf)
        with docx.open("rb") as file:
            assert msoffcrypto.OfficeFile(file).is_encrypted()

    def test_a_broken_template_stops_before_any_file(self, make, templates, tmp_path):
        (templates / "notice.docx").write_bytes(letterkit.docx(letterkit.p("{{ nmae }}")))
        with pytest.raises(TemplateError):
            make(letterkit.letters(3))
        assert not (tmp_path / "out" / "notice").exists()

    def test_letters_are_taken_as_they_are_needed(self, make):
        """Memory stays flat because a batch is drawn only when a worker is free."""
        drawn, behind = 0, []

        def source():
            nonlocal drawn
            for one in letterkit.letters(200):
                drawn += 1
                yield one

        finished = 0

        def on_done(_):
            nonlocal finished
            finished += 1
            behind.append(drawn - finished)

        make(source(), on_done=on_done, jobs=1)
        assert finished == 200
        assert max(behind) <= 3 * 32

    def test_nothing_is_said_but_the_last_line_when_nobody_watches(self, make, capsys):
        make(letterkit.letters(2), progress=True)
        out, err = capsys.readouterr()
        assert out == ""
        assert len(err.splitlines()) == 1
        assert "2通" in err

    def test_a_format_nobody_knows(self, make):
        with pytest.raises(UsageError):
            make(letterkit.letters(1), formats=("rtf",))


class TestPerEmployer:
    def test_one_file_an_employer_with_a_bookmark_a_person(self, make, tmp_path):
        report = make(
            letterkit.letters(5, groups=2), formats=("docx", "pdf"), per="employer",
            engine="embedded", jobs=2,
        )  # fmt: skip
        assert report.counts == {"done": 5}
        made = files(tmp_path / "out")
        assert set(made) == {
            f"notice/株式会社みほん{g}.{e}" for g in (0, 1) for e in ("docx", "pdf")
        } | {"index.csv"}
        with pikepdf.open(io.BytesIO(made["notice/株式会社みほん0.pdf"])) as pdf:
            pages = look(pdf).pages
            with pdf.open_outline() as outline:
                titles = [item.title for item in outline.root]
        names = [letterkit.context(i)["name"] for i in (0, 2, 4)]
        assert titles == [f"資格情報のお知らせ {n}" for n in names]
        assert len(pages) == 3
        for page, name in zip(pages, names, strict=True):
            assert page.startswith("".join(name.split()) + "様")
        text = letterkit.texts(made["notice/株式会社みほん0.docx"])
        assert all(text.count(f"{n} 様") == 1 for n in names)

    def test_a_fault_leaves_the_person_out_and_says_so(self, make, tmp_path):
        people = [letter(0), letter(3, "見本　\ue123"), letter(6)]
        report = make(people, formats=("docx", "pdf"), per="employer", engine="embedded")
        assert [r.state for r in report.results] == ["done", "partial", "done"]
        assert "\ue123" in report.results[1].reason
        with pikepdf.open(tmp_path / "out" / report.results[0].files["pdf"]) as pdf:
            assert len(pdf.pages) == 2

    def test_people_without_employer_get_their_own_file(self, make):
        people = [letter(0), letter(1, group="")]
        made = {r.files["docx"] for r in make(people, per="employer").results}
        assert "notice/株式会社みほん0.docx" in made
        assert any(f.startswith("notice/1234-1-00") for f in made)

    def test_each_letter_is_reported_once_before_its_file_is_bound(self, make, tmp_path):
        told = []

        def tell(result):
            bound = list((tmp_path / "out" / "notice").glob("株式会社*.docx"))
            told.append((result.people[0].name, bool(bound)))

        people = [*letterkit.letters(4, groups=2), letter(9, group="")]
        make(people, per="employer", on_done=tell)
        names = [one.people[0].name for one in people]
        assert sorted(name for name, _ in told) == sorted(names)
        assert not any(bound for _, bound in told)

    def test_a_letter_that_was_kept_is_reported_as_kept(self, make, monkeypatch):
        seen = []

        def stop(result):
            seen.append(result)
            if len(seen) == 2:
                raise KeyboardInterrupt

        monkeypatch.setitem(bulk_produce._BATCH, None, 1)
        with pytest.raises(KeyboardInterrupt):
            make(letterkit.letters(4), on_done=stop)
        told = []
        report = make(letterkit.letters(4), on_done=told.append)
        assert len(told) == 4
        states = [result.state for result in told]
        assert states.count("kept") == report.counts["kept"] >= 2

    def test_nothing_is_left_lying_about(self, make, tmp_path):
        make(letterkit.letters(3), per="employer")
        assert not list((tmp_path / "out").glob(".shikaku-parts*"))


SEVERAL = 36
"""Letters of a run that is killed: five batches for two workers."""

KILLED = """
import signal, sys
# Tests that run in the background have it ignored, and hand that on.
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.path[:0] = {paths!r}
from pathlib import Path
import letterkit
from shikaku.letters.bulk import produce as bulk_produce
from shikaku.letters.bulk.produce import produce
from shikaku.letters.bulk.worker import LetterWorker

def count(result, seen=[0]):
    seen[0] += 1
    if seen[0] == {after}:
        print("now", flush=True)
        sys.stdin.readline()

if __name__ == "__main__":
    produce(
        letterkit.letters({several}), Path({out!r}), kinds=letterkit.KINDS, formats=("docx", "pdf"),
        engine="embedded", templates_dirs=[Path({templates!r})], jobs=2, progress=False,
        on_done=count,
    )
"""


class TestInterrupted:
    def start(self, tmp_path, templates, after: int) -> subprocess.Popen:
        script = tmp_path / "killed.py"
        script.write_text(
            textwrap.dedent(KILLED).format(
                paths=[p for p in sys.path if p],
                after=after,
                several=SEVERAL,
                out=str(tmp_path / "out"),
                templates=str(templates),
            ),
            encoding="utf-8",
        )
        process = subprocess.Popen(
            [sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert process.stdout.readline().strip() == b"now"
        return process

    @pytest.mark.parametrize("after", [1, 17])
    def test_killed_and_started_again_it_finishes_the_rest(
        self, make, tmp_path, templates, whole, after
    ):
        process = self.start(tmp_path, templates, after)
        process.kill()
        process.wait(30)
        self.workers_are_gone(tmp_path / "out")
        report = make(letterkit.letters(SEVERAL), **BOTH)
        assert report.counts["kept"] >= after
        assert report.counts["kept"] + report.counts["done"] == SEVERAL
        assert files(tmp_path / "out") == whole
        assert len(index(tmp_path / "out")) == SEVERAL

    def test_what_has_changed_since_is_made_again(self, make, tmp_path, templates):
        process = self.start(tmp_path, templates, 17)
        process.kill()
        process.wait(30)
        self.workers_are_gone(tmp_path / "out")
        changed = [letter(i, context={"address": "新しい住所"}) for i in range(SEVERAL)]
        report = make(changed, **BOTH)
        assert report.counts == {"done": SEVERAL}

    @pytest.mark.skipif(os.name == "nt", reason="Ctrl-C can't be sent to one process on Windows")
    def test_ctrl_c_leaves_a_true_index_and_no_half_file(self, make, tmp_path, templates):
        process = self.start(tmp_path, templates, 9)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        assert process.returncode != 0
        rows = index(tmp_path / "out")
        assert 9 <= len(rows) < SEVERAL
        for row in rows:
            for name in row["ファイル"].split(" | "):
                assert (tmp_path / "out" / name).stat().st_size > 1000
        assert not list((tmp_path / "out").rglob("*.part"))

    @staticmethod
    def workers_are_gone(out: Path) -> None:
        """The workers finish their batch and end by themselves; nothing is written after that."""
        before, quiet, until = None, 0, time.monotonic() + 60
        while quiet < 4 and time.monotonic() < until:
            now = {p: p.stat().st_mtime for p in out.rglob("*") if p.exists()}
            quiet = quiet + 1 if now == before else 0
            before = now
            time.sleep(0.5)


class TestJournal:
    def result(self, tmp_path, number=1):
        one = letter(number)
        path = tmp_path / "out" / "notice" / f"{number}.docx"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * 10)
        result = result_for(one, f"key{number}")
        result.files = {"docx": f"notice/{number}.docx"}
        return result, path

    def broken_off(self, tmp_path) -> RunJournal:
        journal = RunJournal(tmp_path / "out")
        result, _ = self.result(tmp_path)
        journal.add([(result, 0, Digest("content", "digest"), "1")])
        journal.close()
        return RunJournal(tmp_path / "out")

    def test_a_finished_letter_is_kept(self, tmp_path):
        journal = self.broken_off(tmp_path)
        assert journal.kept("key1", Digest("content", "digest")).state == "kept"
        assert journal.kept("key1", Digest("content", "other")) is None
        assert journal.kept("key2", Digest("content", "digest")) is None

    def test_a_file_that_lost_its_content_is_made_again(self, tmp_path):
        journal = self.broken_off(tmp_path)
        (tmp_path / "out" / "notice" / "1.docx").write_bytes(b"")
        assert journal.kept("key1", Digest("content", "digest")) is None

    def test_a_file_that_is_gone_is_made_again(self, tmp_path):
        journal = self.broken_off(tmp_path)
        (tmp_path / "out" / "notice" / "1.docx").unlink()
        assert journal.kept("key1", Digest("content", "digest")) is None

    def test_a_finished_run_is_no_broken_one(self, tmp_path):
        journal = self.broken_off(tmp_path)
        journal.finish()
        journal.close()
        assert RunJournal(tmp_path / "out").kept("key1", Digest("content", "digest")) is None

    @pytest.mark.parametrize(
        "rest", [b'{"key": "key2", "ki', b"\xff\xfe", b"[1]\n", b"\n\n"], ids=repr
    )
    def test_a_torn_last_line_is_no_line_and_spoils_no_other(self, tmp_path, rest):
        self.broken_off(tmp_path).close()
        path = tmp_path / "out" / FILE
        path.write_bytes(path.read_bytes() + rest)
        journal = RunJournal(tmp_path / "out")
        assert journal.kept("key1", Digest("content", "digest"))
        result, _ = self.result(tmp_path, 2)
        journal.add([(result, 1, Digest("content", "digest"), "2")])
        journal.close()
        again = RunJournal(tmp_path / "out")
        assert again.kept("key1", Digest("content", "digest"))
        assert again.kept("key2", Digest("content", "digest"))

    def test_two_runs_at_once_are_refused(self, tmp_path):
        journal = RunJournal(tmp_path / "out")
        with pytest.raises(UsageError):
            RunJournal(tmp_path / "out")
        journal.close()
        RunJournal(tmp_path / "out").close()

    def test_the_content_of_a_letter_is_not_in_it(self, make, tmp_path):
        make([letter(1, context={"remarks": "下4桁は5678"})])
        text = (tmp_path / "out" / FILE).read_text("utf-8")
        assert "5678" not in text
        keys = [json.loads(line).get("digest") for line in text.splitlines()]
        assert len({k for k in keys if k}) == 1

    @pytest.mark.parametrize("start", list("=+-@\t\r＝＋－＠"))
    def test_a_cell_is_never_a_formula(self, start):
        assert guarded(f"{start}cmd|' /C calc'!A0").startswith("'")
        assert guarded("見本") == "見本"

    def test_a_name_like_a_formula_in_the_index(self, make, tmp_path):
        make([letter(1, "=HYPERLINK(1)")])
        assert index(tmp_path / "out")[0]["氏名"] == "'=HYPERLINK(1)"


class TestNames:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("1234-567-00_見本　太郎", "1234-567-00_見本　太郎"),
            ('a<b>c:d"e/f\\g|h?i*j', "a_b_c_d_e_f_g_h_i_j"),
            ("con", "_con"),
            ("LPT1.txt", "_LPT1.txt"),
            ("com", "com"),
            ("end. . ", "end"),
            ("..", "_"),
            ("", "_"),
            ("a\nb\x00", "a b_"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("a\u202egpj.exe", "a_gpj.exe"),
        ],
    )
    def test_safe(self, text, expected):
        assert safe_stem(text) == expected

    @pytest.mark.parametrize("unit", ["あ", "a", "𠮷", "葛\U000e0100"])
    def test_long_names_are_cut_between_characters(self, unit):
        stem = safe_stem(unit * 300)
        assert len(stem) <= 110
        assert len(stem.encode()) <= 225
        assert not is_selector(stem[0])
        assert stem == unit * (len(stem) // len(unit))

    def test_what_a_file_system_cannot_tell_apart_gets_a_number(self):
        names = Names()
        given = [
            names.give("k", s, str(i)) for i, s in enumerate(["Ab", "aB", "か\u3099", "が", "Ab"])
        ]
        assert given == ["Ab", "aB_2", "か\u3099", "が_2", "Ab_3"]
        assert names.give("other", "Ab", "9") == "Ab"
        assert names.give("k", "Ab", "0") == "Ab"


class Trial:
    """A worker's state for the pool's tests: dies, hangs or answers as it is told."""

    def __init__(self):
        self.learned = {}

    def learn(self, name, thing):
        self.learned[name] = thing

    def work(self, work):
        if work == "die":
            os._exit(3)
        if work == "hang":
            time.sleep(60)
        if work == "raise":
            raise ValueError("wrong")
        return self.learned.get(work, work)

    def close(self):
        pass


class TestPool:
    def run(self, works, seconds=20.0):
        pool = Pool(Trial, 2)
        pool.teach("taught", "lesson")
        try:
            jobs = iter([Job(w, 1.0 if w == "hang" else seconds) for w in works])
            return sorted((str(j.work), a) for j, a in pool.run(jobs, deque()))
        finally:
            pool.close(1.0)

    def test_answers(self):
        assert self.run(["a", "b", "taught"]) == [("a", "a"), ("b", "b"), ("taught", "lesson")]

    def test_a_death_and_a_hang_cost_their_own_job(self):
        answers = dict(self.run(["a", "die", "b", "hang", "c"]))
        assert answers.pop("die") == Lost(hung=False)
        assert answers.pop("hang") == Lost(hung=True)
        assert answers == {"a": "a", "b": "b", "c": "c"}

    def test_an_exception_costs_its_own_job_too(self):
        answers = dict(self.run(["a", "raise", "b"]))
        assert answers == {"a": "a", "b": "b", "raise": Lost(hung=False, error="ValueError")}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows can't keep Ctrl-C from a process")
def test_a_worker_hears_nothing_of_ctrl_c_even_while_it_starts():
    pool = Pool(Trial, 1)
    jobs = pool.run(iter([Job("a", 20.0)]), deque())
    worker = pool._start()
    os.kill(worker.process.pid, signal.SIGINT)
    try:
        assert [answer for _, answer in jobs] == ["a"]
    finally:
        pool.close(1.0)


FIRST_WORKER = """
from pathlib import Path
from shikaku.desk.collect.reading import Reader
from shikaku.system.worker_pool import Pool

if __name__ == "__main__":
    pool = Pool(Reader, 1)
    status = Path(f"/proc/{pool._start().process.pid}/status").read_text()
    print(next(line for line in status.splitlines() if line.startswith("SigBlk")))
    pool.close(0.1)
"""


@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="Nothing tells a process's signals"
)
def test_not_even_the_first_worker_of_a_process_hears_ctrl_c(tmp_path):
    """Python's helper, which starts with it, used to let it hear."""
    script = tmp_path / "first.py"
    script.write_text(FIRST_WORKER, "utf-8")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert int(done.stdout.split()[1], 16) & 1 << (signal.SIGINT - 1)


def test_an_orphan_of_a_killed_run_puts_nothing_in_its_place(tmp_path, monkeypatch):
    """Its batch would otherwise come between the files of the run that follows."""
    place = tmp_path / "notice" / "1234-1-00_見本"
    write(place, "docx", b"issued")
    dead = SimpleNamespace(is_alive=lambda: False)
    monkeypatch.setattr(multiprocessing, "parent_process", lambda: dead)
    with pytest.raises(SystemExit):
        write(place, "docx", b"late")
    assert [p.read_bytes() for p in place.parent.iterdir()] == [b"issued"]


class Clumsy(LetterWorker):
    """A workshop that dies over one person and trips over another."""

    def work(self, work):
        for order in work.orders:
            if order.names[0].endswith("二"):
                os._exit(9)
            if order.names[0].endswith("三"):
                raise RuntimeError
        return super().work(work)


def test_a_crash_over_one_letter_costs_that_letter(make, monkeypatch):
    monkeypatch.setattr(bulk_produce, "LetterWorker", Clumsy)
    names = [f"見本　{c}" for c in "一二三四五六"]
    report = make([letter(i, n) for i, n in enumerate(names)], jobs=2)
    states = {r.people[0].name: r.state for r in report.results}
    assert states == {n: "failed" if n[-1] in "二三" else "done" for n in names}
    assert len(report.faults) == 2


class TestPrivacy:
    def test_key_and_journal_are_the_owners_and_the_digest_knows_no_digits(self, make, tmp_path):
        make([letter(1, context={"last_four": "5678"})])
        journal = tmp_path / "out" / FILE
        key = places.state() / "journal.key"
        for path, mode in ((journal, 0o600), (key, 0o600), (places.state(), 0o700)):
            assert stat.S_IMODE(path.stat().st_mode) == mode
        text = journal.read_bytes()
        assert b"salt" not in text and key.read_bytes().hex().encode() not in text
        # The digits change nothing in the digest: whoever had the key could not find them out.
        make([letter(1, context={"last_four": "9999"})], out="other")
        digests = [
            {json.loads(line).get("content") for line in path.read_text("utf-8").splitlines()}
            for path in (journal, tmp_path / "other" / FILE)
        ]
        assert digests[0] == digests[1] and len(digests[0]) == 2

    def test_the_key_of_version_0_1_goes_out_of_its_journal(self, make, tmp_path):
        out = tmp_path / "out"
        out.mkdir()
        line = {"key": "k", "kind": "notice", "title": "", "people": [], "control_nos": []}
        line |= {"addressee": "", "files": {}, "pages": None, "state": "done", "reason": ""}
        line |= {"hint": "", "at": [0, 0], "stem": "s", "digest": "d" * 64, "content": "c" * 64}
        old = [{"run": "start", "salt": "ab" * 16}, line]
        (out / FILE).write_text("".join(json.dumps(entry) + "\n" for entry in old), "utf-8")
        make([letter(1)])
        text = (out / FILE).read_text("utf-8")
        assert "salt" not in text and "d" * 64 not in text and "c" * 64 not in text

    def test_without_the_key_sizes_tell(self, tmp_path, monkeypatch):
        one = TestJournal()
        one.broken_off(tmp_path).close()
        monkeypatch.setenv("SHIKAKU_STATE_DIR", str(tmp_path / "colleague"))
        journal = RunJournal(tmp_path / "out")
        assert journal.kept("key1", Digest("other", "other")).state == "kept"
        journal.close()
        (tmp_path / "out" / "notice" / "1.docx").write_bytes(b"torn")
        assert RunJournal(tmp_path / "out").kept("key1", Digest("other", "other")) is None

    @pytest.mark.parametrize("name", [FILE, ".shikaku-lock"])
    def test_a_link_planted_in_its_place_is_not_followed(self, tmp_path, name):
        (tmp_path / "out").mkdir()
        prey = tmp_path / "prey.txt"
        prey.write_text("架空")
        (tmp_path / "out" / name).symlink_to(prey)
        with pytest.raises(UsageError):
            RunJournal(tmp_path / "out")
        assert prey.read_text() == "架空"

    def test_letters_are_open_to_nobody_whom_the_folder_does_not_let_in(self, make, tmp_path):
        out = tmp_path / "out"
        out.mkdir()
        out.chmod(0o750)
        make([letter(1)])
        modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in out.rglob("*")}
        assert all(not mode & 0o007 for mode in modes.values()), modes
        assert modes["index.csv"] == 0o640 and modes["notice"] == 0o750


class TestArchive:
    """``--pdf-a``"""

    @pytest.mark.parametrize("per", ["person", "employer"])
    def test_each_file_is_a_pdf_a(self, make, tmp_path, per):
        make(
            letterkit.letters(3), formats=("pdf",), engine="embedded", archive=True, per=per,
            as_of=dt.date(2026, 4, 15),
        )  # fmt: skip
        printed = list((tmp_path / "out").rglob("*.pdf"))
        assert printed
        assert [pdf_standards.archive_faults(file.read_bytes()) for file in printed] == [
            [] for _ in printed
        ]

    def test_another_engine_says_why_not(self, make, tmp_path, monkeypatch):
        monkeypatch.setattr(choose, "missing", lambda: dict.fromkeys(choose.NAMES[1:], ""))
        with pytest.raises(PdfError, match="PDF/A"):
            make(letterkit.letters(1), formats=("pdf",), engine="libreoffice", archive=True)
        assert not list((tmp_path / "out").rglob("*.pdf"))

    def test_no_password_beside_it(self, tmp_path, capsys):
        secret = tmp_path / "secret"
        secret.write_text("long-and-unusual-9")
        book = tmp_path / "b.xlsx"
        builder.build(book, sample=True)
        words = ["letters", str(book), "--out", str(tmp_path / "o"), "--pdf-a"]
        assert cli.main([*words, "--password-file", str(secret)]) == 2
        assert "--password-file" in capsys.readouterr().err
        assert not (tmp_path / "o").exists()


def test_kinds_in_turn_are_listed_in_the_order_they_came(tmp_path, monkeypatch):
    folder = tmp_path / "templates"
    folder.mkdir()
    kinds = {
        name: dataclasses.replace(letterkit.KIND, kind=name)
        for name in ("notice", "other", "third")
    }
    for name in kinds:
        (folder / f"{name}.docx").write_bytes(letterkit.letter_template())
    letters = [
        dataclasses.replace(letter, kind=name) for name in kinds for letter in letterkit.letters(3)
    ]
    monkeypatch.setattr(bulk_produce, "Pool", Inline)
    reports = [
        produce(
            given, tmp_path / f"out{jobs}", kinds=kinds, templates_dirs=[folder], formats=("docx",),
            progress=False, jobs=jobs,
        )
        for given, jobs in ((letters, 2), (iter(letters), 1))
    ]  # fmt: skip
    for report in reports:
        assert [r.kind for r in report.results] == [letter.kind for letter in letters]
    first, second = (report.index.read_bytes() for report in reports)
    assert first == second
