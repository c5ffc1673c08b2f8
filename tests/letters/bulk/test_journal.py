"""The journal of a run: what it keeps, what it never tells, who may read it."""

import json
import stat

import pytest
from letter_runs import index, letter
from shikaku.fields.text import guarded
from shikaku.letters.bulk.journal import FILE, Digest, RunJournal
from shikaku.letters.bulk.letter_result import result_for
from shikaku.system import places
from shikaku.system.errors import UsageError


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
        assert journal.kept("key1", Digest("content", "digest"), 0).state == "kept"
        assert journal.kept("key1", Digest("content", "other"), 0) is None
        assert journal.kept("key2", Digest("content", "digest"), 0) is None

    def test_a_file_that_lost_its_content_is_made_again(self, tmp_path):
        journal = self.broken_off(tmp_path)
        (tmp_path / "out" / "notice" / "1.docx").write_bytes(b"")
        assert journal.kept("key1", Digest("content", "digest"), 0) is None

    def test_a_file_that_is_gone_is_made_again(self, tmp_path):
        journal = self.broken_off(tmp_path)
        (tmp_path / "out" / "notice" / "1.docx").unlink()
        assert journal.kept("key1", Digest("content", "digest"), 0) is None

    def test_a_finished_run_is_no_broken_one(self, tmp_path):
        journal = self.broken_off(tmp_path)
        journal.finish()
        journal.close()
        assert RunJournal(tmp_path / "out").kept("key1", Digest("content", "digest"), 0) is None

    @pytest.mark.parametrize(
        "rest", [b'{"key": "key2", "ki', b"\xff\xfe", b"[1]\n", b"\n\n"], ids=repr
    )
    def test_a_torn_last_line_is_no_line_and_spoils_no_other(self, tmp_path, rest):
        self.broken_off(tmp_path).close()
        path = tmp_path / "out" / FILE
        path.write_bytes(path.read_bytes() + rest)
        journal = RunJournal(tmp_path / "out")
        assert journal.kept("key1", Digest("content", "digest"), 0)
        result, _ = self.result(tmp_path, 2)
        journal.add([(result, 1, Digest("content", "digest"), "2")])
        journal.close()
        again = RunJournal(tmp_path / "out")
        assert again.kept("key1", Digest("content", "digest"), 0)
        assert again.kept("key2", Digest("content", "digest"), 0)

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
        assert journal.kept("key1", Digest("other", "other"), 0).state == "kept"
        journal.close()
        (tmp_path / "out" / "notice" / "1.docx").write_bytes(b"torn")
        assert RunJournal(tmp_path / "out").kept("key1", Digest("other", "other"), 0) is None

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
