"""The kinds by what people call them."""

import pytest
from shikaku import cli
from shikaku.cli_parser import parser
from shikaku.letters.catalogue import KINDS
from shikaku.letters.kind_names import _NAMES, kind_named


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("督促", "return-reminder"),
        ("資格確認書", "certificate"),
        ("資格情報のお知らせ", "notice"),
        ("資格情報のお知らせ(下4桁あり)", "notice-digits"),
        ("資格情報のお知らせ（下４桁あり）", "notice-digits"),
        ("配布 一覧", "distribution"),
        ("回収不能届", "return-loss"),
        ("certificate", "certificate"),
        ("知らない種類", None),
        ("", None),
    ],
)
def test_names(text, kind):
    assert kind_named(text) == kind


def test_every_kind_has_a_japanese_name():
    assert all(kind_named(kind.title) == kind.kind for kind in KINDS.values())
    assert set(_NAMES.values()) <= set(KINDS)


def test_the_commands_understand_them():
    for command in ("letters", "print", "remind"):
        words = [command, "b.xlsx", "--out", "o", "--kind", "督促", "--kind", "return-final"]
        assert parser().parse_args(words).kind == ["return-reminder", "return-final"]


def test_a_kind_that_is_none(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))
    assert cli.main(["new", str(tmp_path / "b.xlsx")]) == 0
    words = [str(tmp_path / "b.xlsx"), "--out", str(tmp_path / "o"), "--kind"]
    with pytest.raises(SystemExit):
        cli.main(["letters", *words, "知らない種類"])
    assert cli.main(["remind", *words, "資格確認書"]) == 2  # no letter of the ledger
    assert cli.main(["remind", *words, "督促"]) == 0
