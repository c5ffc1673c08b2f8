"""Letters in bulk: every file once; one person's fault is nobody else's."""

import dataclasses
import datetime as dt
import io

import letterkit
import pdf_standards
import pikepdf
import pytest
from inline_pool import letter_workers
from letter_runs import files, index, letter
from shikaku import cli
from shikaku.letters.bulk import letters_run
from shikaku.letters.bulk import produce as bulk_produce
from shikaku.letters.bulk.journal import RunJournal
from shikaku.letters.bulk.letter_result import result_for
from shikaku.letters.bulk.produce import produce
from shikaku.letters.model import PersonRef
from shikaku.letters.pdf import choose
from shikaku.letters.pdf.inspect import look
from shikaku.system.errors import PdfError, TemplateError, UsageError
from shikaku.template import builder


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
            engine="embedded",
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

        monkeypatch.setitem(letters_run._BATCH, None, 1)
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
    monkeypatch.setattr(bulk_produce, "own_workers", letter_workers)
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
