"""``submit``: only what was checked goes out, only under the password, with a receipt that tells nobody."""

import hashlib
import io
import json
import sys
from pathlib import Path

import openpyxl
import pytest
from desk_books import DAY, PASSWORD, book, clean, numbers_in, put, read
from msoffcrypto.method.ecma376_agile import ECMA376Agile
from office import pdf_text
from shikaku import cli
from shikaku.desk import receipt, submission
from shikaku.jobs import submit
from shikaku.letters import template_check as check
from shikaku.letters.design import receipt as receipt_template
from shikaku.letters.docx import package
from shikaku.letters.pdf import choose
from shikaku.letters.submission_receipt import RECEIPT
from shikaku.model.schema import schema
from shikaku.system import encryption, usage_log
from shikaku.system import passwords as passwords_module
from shikaku.system.errors import BookError, UsageError
from shikaku.system.resources import folder
from shikaku.workbook.closed_file import ClosedBook


@pytest.fixture(autouse=True)
def log(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "pw.txt"
    path.write_text(PASSWORD + "\n", "utf-8")
    return path


@pytest.fixture
def good(tmp_path):
    return put(tmp_path / "b.xlsx", book(acquisition=clean(3), loss=[]))


def send(path, out, secret, **options):
    return submit.submit(ClosedBook(path), out, secret, as_of=options.pop("as_of", DAY), **options)


def test_the_copy_holds_the_very_bytes(good, tmp_path, secret):
    result = send(good, tmp_path / "out" / "送付.xlsx", secret)
    closed = (tmp_path / "out" / "送付.xlsx").read_bytes()
    assert result.made and result.exit_status == 0 and result.counts["error"] == 0
    assert result.fingerprint == hashlib.sha256(closed).hexdigest()
    assert encryption.unseal(closed, [PASSWORD], "x")[0] == good.read_bytes()
    assert not closed.startswith(b"PK") and b"sharedStrings" not in closed
    names = sorted(p.name for p in (tmp_path / "out").iterdir())
    assert names == ["送付.xlsx", "送付_送付票.docx", "送付_送付票.pdf"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b.xlsx", "log", "out", "pw.txt"]


def test_office_opens_it(good, tmp_path, secret):
    """Another reader than ours finds the rows behind the password."""
    send(good, tmp_path / "s.xlsx", secret)
    plain, _ = encryption.unseal((tmp_path / "s.xlsx").read_bytes(), [PASSWORD], "s.xlsx")
    names = [
        row[3].value for row in openpyxl.load_workbook(io.BytesIO(plain))["資格取得届"]["A2:D4"]
    ]
    assert names == [row["name"] for row in clean(3)]


def test_errors_stop_it(tmp_path, secret):
    rows = clean(2)
    rows[0]["birth"] = "いつか"
    path = put(tmp_path / "b.xlsx", book(acquisition=rows))
    result = send(path, tmp_path / "out" / "s.xlsx", secret)
    assert not result.made and result.exit_status == 1 and not (tmp_path / "out").exists()
    assert any("DT01" in line for line in result.lines())
    assert list(usage_log.entries())[-1]["outcome"] == "failed"
    result = send(path, tmp_path / "out" / "s.xlsx", secret, allow_errors=True)
    assert result.made and result.exit_status == 1 and (tmp_path / "out" / "s.xlsx").exists()


def test_what_is_checked_is_what_is_sent(good, tmp_path, secret, monkeypatch):
    """The workbook changes after the check: the old bytes go out, those that were checked."""
    checked = good.read_bytes()
    make = receipt.make

    def meanwhile(*args):
        good.write_bytes(b"something else")
        return make(*args)

    monkeypatch.setattr(receipt, "make", meanwhile)
    send(good, tmp_path / "s.xlsx", secret)
    assert encryption.unseal((tmp_path / "s.xlsx").read_bytes(), [PASSWORD], "x")[0] == checked


def test_a_copy_that_opens_wrongly_is_no_copy(good, tmp_path, secret, monkeypatch):
    other = encryption.seal(book("別", "9"), PASSWORD)
    monkeypatch.setattr(encryption, "seal", lambda *_: other)
    with pytest.raises(BookError):
        send(good, tmp_path / "out" / "s.xlsx", secret)
    assert not list((tmp_path / "out").iterdir())


def test_the_receipt_names_nobody(tmp_path, secret):
    people = clean(3)
    path = put(tmp_path / "b.xlsx", book("株式会社みほん", "1201", acquisition=people))
    result = send(path, tmp_path / "s.xlsx", secret)
    docx, pdf = result.receipts
    text = pdf_text(pdf)
    parts = package.read(docx.read_bytes(), docx.name)
    words = "".join(data.decode("utf-8", "replace") for data in parts.values())
    for person in people:
        for key in ("name", "kana", "individual_number", "address"):
            assert person[key] not in text and person[key] not in words
    assert not numbers_in(words) and PASSWORD not in words
    flat = "".join(text.split())
    assert result.fingerprint[:32] in flat and result.fingerprint[32:] in flat
    for wanted in ("令和8年4月15日(水)", "株式会社みほん", "ひかり産業健康保険組合", "s.xlsx"):
        assert wanted in flat
    assert "エラーを残したまま" not in flat


def test_the_receipts_sums_add_up(tmp_path, secret):
    rows = clean(2)
    rows[0]["birth"] = "いつか"
    path = put(tmp_path / "b.xlsx", book("", "", acquisition=rows))
    result = send(path, tmp_path / "s.xlsx", secret, allow_errors=True)
    facts = receipt.ReceiptFacts(
        DAY, DAY, "", "", "", "s", 1, "0" * 64, result.sheets, result.counts
    ).context()
    for key in ("errors", "warnings"):
        assert sum(int(row[key]) for row in facts["sheets"]) == int(facts[key])
    assert "エラーを残したまま" in pdf_text(result.receipts[1])


def test_headings_and_totals_are_nobody(tmp_path, secret):
    """Neither counted on the receipt nor enough for a submission."""
    asides = [{"name": "合計", "symbol": "3名"}, {"name": "氏名", "kana": "氏名カナ"}]
    path = put(tmp_path / "b.xlsx", book(acquisition=[*clean(3), *asides]))
    result = send(path, tmp_path / "out.xlsx", secret)
    counted = {sheet: count for sheet, count, _, _ in result.sheets}
    assert counted[schema().sheets["acquisition"].name] == 3
    path = put(tmp_path / "c.xlsx", book(acquisition=asides))
    with pytest.raises(BookError):
        send(path, tmp_path / "out2.xlsx", secret)


def test_the_template_is_the_built_one():
    path = folder("templates") / "receipt" / f"{RECEIPT.kind}.docx"
    assert path.read_bytes() == receipt_template.build()
    assert check.check_file(path, RECEIPT).problems == ()


def test_without_a_pdf_engine_the_word_file_is_there(good, tmp_path, secret, monkeypatch):
    from shikaku.system.errors import PdfError

    def none(_):
        raise PdfError("PDFエンジンがありません。")

    monkeypatch.setattr(choose, "engine", none)
    result = send(good, tmp_path / "s.xlsx", secret)
    assert result.made and [p.suffix for p in result.receipts] == [".docx"] and result.notes


def test_targets(good, tmp_path, secret):
    for name, error in (("s.xls", UsageError), ("s", UsageError), ("b.xlsx", UsageError)):
        with pytest.raises(error):
            send(good, tmp_path / name, secret)
    other = put(tmp_path / "other.xlsx", book("別", "9"))
    before = other.read_bytes()
    with pytest.raises(BookError):  # somebody's workbook is never written over
        send(good, other, secret)
    assert other.read_bytes() == before
    send(good, tmp_path / "s.xlsx", secret)
    first = (tmp_path / "s.xlsx").read_bytes()
    send(good, tmp_path / "s.xlsx", secret)  # an older copy gives way
    assert (tmp_path / "s.xlsx").read_bytes() != first


def test_an_open_workbook_is_reported(good, tmp_path, secret):
    (tmp_path / "~$b.xlsx").write_bytes(b"x")
    assert any("b.xlsx" in note for note in send(good, tmp_path / "s.xlsx", secret).notes)


def test_structure_and_nonsense(tmp_path, secret):
    path = put(tmp_path / "b.xlsx", book()[:5000])
    with pytest.raises(BookError):
        send(path, tmp_path / "s.xlsx", secret)
    target = openpyxl.Workbook()
    target.save(path)
    with pytest.raises(BookError):
        send(path, tmp_path / "s.xlsx", secret)
    assert not (tmp_path / "s.xlsx").exists()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"short\n",
        b"space-at-the-end \n",
        b"x" * 256,
        "パスワード\n".encode("cp932"),
        None,
    ],
    ids=lambda data: repr(data)[:20],
)
def test_password_files(data, good, tmp_path):
    path = tmp_path / "pw.txt"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(UsageError) as caught:
        send(good, tmp_path / "s.xlsx", path)
    assert "short" not in str(caught.value) and not (tmp_path / "s.xlsx").exists()


def test_a_password_that_was_asked_for(good, tmp_path):
    result = submit.submit(ClosedBook(good), tmp_path / "s.xlsx", password=PASSWORD, as_of=DAY)
    assert result.made and PASSWORD not in repr(result)
    for given in ("short", None, f"{PASSWORD}\u3000"):
        with pytest.raises(UsageError):
            submit.submit(ClosedBook(good), tmp_path / "t.xlsx", password=given, as_of=DAY)


def test_many_passwords(tmp_path):
    path = tmp_path / "pw.txt"
    path.write_text("\ufeffone\n\n two \none\n", "utf-8")
    assert passwords_module.read_all(path) == ["one", " two ", "two"]
    path.write_text("\n".join(str(n) for n in range(passwords_module.MOST + 1)), "utf-8")
    with pytest.raises(UsageError):
        passwords_module.read_all(path)
    path.write_text("\n \n", "utf-8")
    with pytest.raises(UsageError):
        passwords_module.read_all(path)


def test_sealed_files_of_others(good):
    data = encryption.seal(good.read_bytes(), PASSWORD)
    assert encryption.is_sealed(data) and not encryption.is_sealed(good.read_bytes())
    assert encryption.unseal(data, ["a", "b", PASSWORD], "x") == (good.read_bytes(), 2)
    for passwords in ([], ["wrong"]):
        with pytest.raises(encryption.WrongPassword):
            encryption.unseal(data, passwords, "x")
    for broken in (data[:3000], data[:20000], data[:20000] + b"\0" + data[20001:]):
        with pytest.raises(BookError) as caught:
            encryption.unseal(broken, [PASSWORD], "x")
        assert not isinstance(caught.value, encryption.WrongPassword)


@pytest.mark.parametrize(
    "old, new, said",
    [
        (b'spinCount="100000" saltSize="16"', b'spinCount="9000000" saltSize="1"', "重い"),
        (b"<encryption xmlns", b"<!DOCTYPE x><encr", "DTD"),
    ],
    ids=["millions of rounds", "a document type"],
)
def test_hostile_containers(old, new, said, good, monkeypatch):
    monkeypatch.setattr(ECMA376Agile, "encrypt", ECMA376Agile.encrypt.func)  # not conftest's
    data = encryption.seal(good.read_bytes(), PASSWORD)
    assert data.count(old) == 1 and len(old) == len(new)
    with pytest.raises(BookError) as caught:
        encryption.unseal(data.replace(old, new), [PASSWORD], "x")
    assert said in caught.value.message


def test_the_command(good, tmp_path, secret, capsys):
    words = ["submit", str(good), "--out", str(tmp_path / "s.xlsx"), "--password-file", str(secret)]
    assert cli.main([*words, "--json", "--as-of", "2026-04-15"]) == 0
    said = capsys.readouterr()
    item = json.loads(said.out)
    assert item["made"] and item["rows"]["資格取得届"] == 3
    text = said.out + said.err + (tmp_path / "log" / "audit.jsonl").read_text("utf-8")
    assert PASSWORD not in text and not numbers_in(text)
    assert cli.main([*words[:-1], str(tmp_path / "nowhere.txt")]) == 2


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ([PASSWORD, PASSWORD], 0),
        ([PASSWORD, PASSWORD + "x"], 2),
        (["password", "password"], 2),
        ([PASSWORD], 2),
    ],
    ids=["twice the same", "two that differ", "a weak one", "no second"],
)
def test_without_a_file_the_terminal_asks_twice(good, tmp_path, typed, status, monkeypatch, capsys):
    answers = iter(typed)

    def answer(*_: object) -> str:
        for text in answers:
            return text
        raise EOFError

    monkeypatch.setattr("getpass.getpass", answer)
    monkeypatch.setattr(sys, "stdin", _Terminal())
    out = tmp_path / "s.xlsx"
    assert cli.main(["submit", str(good), "--out", str(out), "--as-of", "2026-04-15"]) == status
    assert out.exists() == (status == 0)
    said = capsys.readouterr()
    assert PASSWORD not in said.out + said.err
    if not status:
        assert encryption.unseal(out.read_bytes(), [PASSWORD], "x")[1] == 0


def test_without_a_file_and_a_terminal_the_option_is_named(good, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert cli.main(["submit", str(good), "--out", str(tmp_path / "s.xlsx")]) == 2
    assert "--password-file" in capsys.readouterr().err


def test_a_snapshot_reads_once(good):
    snapshot = submission.Snapshot(Path(good))
    good.write_bytes(b"gone")
    assert len(list(snapshot.read().rows("acquisition"))) == 3


def test_drafts_of_a_killed_run_go(good, tmp_path, secret):
    from shikaku.system import atomic

    left = tmp_path / f"{atomic.short_name(tmp_path / 's.xlsx')}-abc.xlsx"
    left.write_bytes(b"x")
    send(good, tmp_path / "s.xlsx", secret)
    assert not left.exists() and len(list(read(good).rows("acquisition"))) == 3
