"""提出用保存: a copy under a password, made of the saved workbook, beside it."""

import pytest
from ribbon_kit import last, log
from shikaku import ribbon
from shikaku.excel import dialogs
from shikaku.system.errors import UsageError

SECRET = "ひみつの言葉2026"


@pytest.mark.parametrize(
    "answers", [["no"], ["yes", "no"]], ids=["kept", "errors are mended first"]
)
def test_a_copy_that_is_there_is_written_over_by_consent_alone(excel, book, path, answers):
    excel.app.replies, excel.app.answers = [SECRET, SECRET], ["yes"]
    ribbon.submit()
    out = path.with_name(f"{path.stem}_提出用.xlsx")
    sent = out.read_bytes()
    excel.app.replies, excel.app.answers, excel.app.alerts = [SECRET, SECRET], list(answers), []
    ribbon.submit()
    asked = [text for text, _, _ in excel.app.alerts]
    assert out.name in asked[0] and len(asked) == len(answers)
    assert out.read_bytes() == sent and excel.app.answers == []


@pytest.mark.parametrize("typed", ["123456789012", "12345678901"])
def test_a_password_has_as_many_characters_as_are_asked_for(monkeypatch, typed):
    monkeypatch.setattr(dialogs, "ask_secret", lambda *_: typed)
    if len(typed) < 12:
        with pytest.raises(UsageError):
            ribbon._new_password(None, 12)
    else:
        assert ribbon._new_password(None, 12) == typed


def test_a_copy_under_a_password_is_made_beside_the_saved_workbook(excel, book, path):
    before = path.read_bytes()
    excel.app.replies, excel.app.answers = [SECRET, SECRET], ["yes"]
    ribbon.submit()
    out = path.with_name(f"{path.stem}_提出用.xlsx")
    with out.open("rb") as file:
        import msoffcrypto

        sealed = msoffcrypto.OfficeFile(file)
        assert sealed.is_encrypted()
        sealed.load_key(password=SECRET, verify_password=True)
    assert path.read_bytes() == before and book.impl.saves == []
    assert "エラーが" in excel.app.alerts[0][0] and str(out) in last(excel)
    for text in (
        *excel.app.questions,
        *map(str, excel.app.alerts),
        *map(str, excel.app.bars),
        log(),
    ):
        assert SECRET not in text


def test_errors_stop_the_copy_unless_the_user_wants_it(excel, book, path):
    excel.app.replies, excel.app.answers = [SECRET, SECRET], ["no"]
    ribbon.submit()
    assert list(path.parent.glob("*提出用*")) == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [([False], None), ([SECRET, False], None), (["short"], "短く"), ([SECRET, "other"], "同じ")],
)
def test_a_password_is_long_and_typed_twice(excel, book, path, typed, said):
    excel.app.replies = typed
    ribbon.submit()
    assert list(path.parent.glob("*提出用*")) == []
    assert (not excel.app.alerts) if said is None else (said in last(excel))


def test_changes_that_are_not_saved_are_the_users_to_save(excel, book, path):
    book.sheets["加入者台帳"].range("W2").value = "x"
    ribbon.submit()
    assert "保存していない変更" in last(excel) and excel.app.questions == []
    assert book.impl.saves == [] and list(path.parent.glob("*提出用*")) == []
