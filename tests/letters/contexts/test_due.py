"""Who gets which letter and what it says; the shipped templates and their catalogue."""

import re
import zipfile
from dataclasses import replace
from io import BytesIO

import letter_cases as data
import pytest
from case_files import by_name
from hypothesis import given
from hypothesis import strategies as st
from shikaku.letters import design
from shikaku.letters import template_check as check
from shikaku.letters.catalogue import KINDS, PER
from shikaku.letters.contexts import base, fit
from shikaku.letters.contexts.due import letters_for
from shikaku.letters.docx.template import Template
from shikaku.system import resources
from shikaku.system.errors import UsageError

CASES = data.CASES["case"]
ALL_KINDS = [
    "notice-digits",
    "notice",
    "certificate",
    "certificate-cover",
    "distribution",
    "status-check",
    "application-guide",
    "mynumber-request",
    "late-filing",
    "return-request",
    "return-reminder",
    "return-final",
    "return-loss",
    "decision-notice",
    "voluntary-end",
    "receipt-reply",
    "not-filed",
]


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_case(case):
    if case.get("error"):
        with pytest.raises(UsageError):
            data.letters(case)
        return
    found = data.letters(case)
    expected = case.get("expect", [])
    assert len(found) == len(expected), [letter.stem for letter in found]
    for letter, wanted in zip(found, expected, strict=True):
        assert letter.kind == case["kind"]
        for key in ("stem", "group", "addressee"):
            if key in wanted:
                assert getattr(letter, key) == wanted[key], key
        if "people" in wanted:
            assert [p.name for p in letter.people] == wanted["people"]
        if "lacking" in wanted:
            assert list(letter.lacking) == wanted["lacking"]
        if "control_nos" in wanted:
            assert list(letter.control_nos) == wanted["control_nos"]
        for name, value in wanted.get("context", {}).items():
            assert letter.context[name] == value, name
        for name in wanted.get("absent", ()):
            assert letter.context[name] == "", name
        if "rows" in wanted:
            rows = next(v for v in letter.context.values() if isinstance(v, list))
            assert len(rows) == len(wanted["rows"])
            for row, values in zip(rows, wanted["rows"], strict=True):
                assert {k: row[k] for k in values} == values
        if "others" in wanted:
            assert [row["control_no"] for row in letter.context["others"]] == wanted["others"]


def test_the_cases_cover_every_kind():
    covered = {case["kind"] for case in CASES if case.get("expect")}
    assert covered == set(ALL_KINDS)


@pytest.mark.parametrize("case", [c for c in CASES if c.get("expect")], ids=by_name)
def test_a_context_is_exactly_what_the_catalogue_promises(case):
    """The same names, values of the types that templates may print, and no individual number."""
    for letter in data.letters(case):
        fields = {f.name: f for f in KINDS[letter.kind].fields}
        assert set(letter.context) == set(fields)
        for name, value in letter.context.items():
            if fields[name].items:
                assert isinstance(value, list)
                for row in value:
                    assert set(row) == {f.name for f in fields[name].items}
                    assert all(isinstance(v, str) for v in row.values())
            else:
                flag = fields[name].meaning.endswith("とき真")
                assert isinstance(value, bool if flag else str), name
        assert "000000000019" not in re.sub(r"[\s\-]", "", repr(letter.context))
        assert "000000000019" not in f"{letter!r} {letter.key}"


@pytest.mark.parametrize("case", [c for c in CASES if c.get("expect")], ids=by_name)
def test_every_letter_fills_its_template(case):
    for letter in data.letters(case):
        Template(design.build(letter.kind), KINDS[letter.kind]).render(letter.context)


@pytest.mark.parametrize("kind", [k for k in ALL_KINDS if KINDS[k].to == "member"])
def test_a_members_letter_is_the_same_however_it_is_packed(kind):
    for case in (c for c in CASES if c["kind"] == kind and not c.get("error")):
        person, employer = (data.letters(case, per=per) for per in ("person", "employer"))
        assert person == employer
        assert [a.context for a in person] == [b.context for b in employer]


def test_an_unknown_kind_names_the_known_ones():
    from shikaku.letters.contexts.due import letters_for

    with pytest.raises(UsageError) as caught:
        letters_for("certificat", data.source(CASES[0]))
    assert "return-loss" in caught.value.hint


# ------------------------------------------------------------------ catalogue and templates


def test_the_catalogue_has_the_contracts_kinds_in_order():
    assert list(KINDS) == ALL_KINDS
    assert set(PER) == set(ALL_KINDS)
    assert all(f.meaning for kind in KINDS.values() for f in kind.fields)
    assert all(len({f.name for f in k.fields}) == len(k.fields) for k in KINDS.values())


def test_no_field_could_hold_an_individual_number():
    """The last four digits are the notice's alone (R15)."""
    names = {(k.kind, f.name) for k in KINDS.values() for f in k.fields}
    assert {kind for kind, name in names if name == "last_four"} == {"notice-digits"}
    assert not any("individual" in name or "my_number" in name for _, name in names)


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_the_committed_template_is_what_the_builder_makes(kind):
    """Else: python -m shikaku.letters.design templates"""
    assert (resources.folder("templates") / f"{kind}.docx").read_bytes() == design.build(kind)


def test_the_folder_holds_the_templates_and_nothing_else():
    names = {path.name for path in resources.folder("templates").glob("*.docx")}
    assert names == {f"{kind}.docx" for kind in ALL_KINDS}


def test_templates_check_has_nothing_to_say():
    checked = check.check(resources.folder("templates"), KINDS)
    assert [c.kind for c in checked if c.kind] == ALL_KINDS
    assert [line for c in checked for line in c.lines() if c.problems] == []


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_a_template_is_lean_and_plain(kind):
    """No text boxes, frames, pictures or numbering; one Japanese typeface with fallbacks."""
    with zipfile.ZipFile(BytesIO(design.build(kind))) as package:
        parts = {name: package.read(name).decode() for name in package.namelist()}
    assert sum(len(text) for text in parts.values()) < 130_000
    body = parts["word/document.xml"]
    for tag in ("w:pict", "w:drawing", "w:framePr", "w:numPr", "w:tblpPr", "w:textDirection"):
        assert f"<{tag}" not in body
    assert "<w:docGrid" not in body
    used = set(re.findall(r'w:(?:pStyle|rStyle) w:val="(\w+)"', body))
    known = set(re.findall(r'w:styleId="(\w+)"', parts["word/styles.xml"]))
    assert used <= known
    assert set(re.findall(r'w:ascii="([^"]+)"', parts["word/styles.xml"])) == {"BIZ UDゴシック"}
    assert "游ゴシック" in parts["word/fontTable.xml"]


def test_the_card_has_the_size_of_a_card():
    """85.6 × 54 mm between the cut marks (ISO/IEC 7810 ID-1)."""
    for kind in ("notice", "notice-digits"):
        with zipfile.ZipFile(BytesIO(design.build(kind))) as package:
            body = package.read("word/document.xml").decode()
        width, height = round(85.6 * 1440 / 25.4), round(54 * 1440 / 25.4)
        assert f'<w:gridCol w:w="{width}"/>' in body
        assert f'<w:trHeight w:val="{height}" w:hRule="exact"/>' in body


def test_the_certificate_has_every_field_of_the_guide():
    """R33 front, R34 back."""
    with zipfile.ZipFile(BytesIO(design.build("certificate"))) as package:
        body = package.read("word/document.xml").decode()
    fields = [
        "symbol",
        "number",
        "branch",
        "person_name",
        "kana",
        "sex",
        "birth",
        "acquired",
        "issued",
        "insured_name",
        "burden_share",
        "burden_effective",
        "expiry",
        "insurer_number",
        "insurer_name",
        "insurer_address",
    ]
    for name in fields:
        assert f"{{{{ {name} }}}}" in body, name
    for area in ("住所欄", "備考欄", "注意事項", "臓器提供意思表示欄", "本人署名", "家族署名"):
        assert area in body


@pytest.mark.parametrize("kind", ["return-request", "return-reminder", "return-final"])
def test_return_letters_answer_the_four_misbeliefs(kind):
    with zipfile.ZipFile(BytesIO(design.build(kind))) as package:
        text = re.sub(r"<[^>]+>", "", package.read("word/document.xml").decode())
    for said in ("新しい保険証が届くまで使える", "月末までは使える", "会社から何も言われていない"):
        assert said in text
    for fact in (
        "返納は不要になったと聞いた",
        "58条",
        "民法第703条",
        "返納先",
        "返納期限",
        "資格喪失日",
    ):
        assert fact in text


# ------------------------------------------------------------------ names and addresses


@pytest.mark.parametrize(
    ("name", "honoured"),
    [
        ("見本 太郎", "見本 太郎 様"),
        ("人事部　見本 太郎", "人事部 見本 太郎 様"),
        ("総務部 労務課", "総務部 労務課 御中"),
        ("見本 太郎 様", "見本 太郎 様"),
        ("人事部御中", "人事部御中"),
        ("", ""),
    ],
)
def test_honorific(name, honoured):
    assert base.honoured(name) == honoured


@pytest.mark.parametrize(
    ("text", "postal", "address"),
    [
        ("〒100-0000 東京都架空区", "〒100-0000", "東京都架空区"),
        ("1000000東京都架空区", "〒100-0000", "東京都架空区"),
        ("〒100－0000　東京都", "〒100-0000", "東京都"),
        ("東京都架空区1丁目", "", "東京都架空区1丁目"),
        ("", "", ""),
    ],
)
def test_postal_code_in_front_of_an_address(text, postal, address):
    assert fit.postal_and_address(text) == (postal, address)


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        ("東京都架空区一丁目", ("東京都架空区一丁目", "")),
        (
            "東京都架空区さくら台四丁目5番6号 みほんハイツ201号室",
            ("東京都架空区さくら台四丁目5番6号", "みほんハイツ201号室"),
        ),
        # no break inside a house number
        (
            "大阪府架空市長い町名が続く中央通り123-456-789",
            ("大阪府架空市長い町名が続く中央通り", "123-456-789"),
        ),
        # nor inside one in kanji, nor before a small kana
        (
            "北海道架空郡見本町東三条南十七丁目二百三十四番地の五十六",
            ("北海道架空郡見本町東三条南十七丁目", "二百三十四番地の五十六"),
        ),
        (
            "東京都架空区みほん台北町ハイツマンションみほん",
            ("東京都架空区みほん台北町ハイツマン", "ションみほん"),
        ),
    ],
)
def test_an_address_breaks_where_people_would(address, lines):
    assert fit.two_lines(address, 18.5) == lines


@given(st.text(st.sampled_from("東京都区町1２3-ー葛\U000e0100𠮷髙 　a"), max_size=80))
def test_breaking_an_address_loses_nothing(address):
    first, second = fit.two_lines(address, 18.5)
    assert (first + second).replace(" ", "") == "".join(address.split())
    assert fit.width(first) <= 18.5
    # a selector never parts from its kanji, unless it was typed behind a space
    behind_space = any(word.startswith("\U000e0100") for word in address.split())
    assert behind_space or not second.startswith("\U000e0100") or not first


def test_width():
    assert fit.width("見本") == 2
    assert fit.width("ab") == pytest.approx(1.24)
    assert fit.width("葛\U000e0100") == 1  # a variation selector takes no room


def test_a_reply_speaks_in_the_employers_words():
    """LS03 is about 返納管理, which only the insurer has."""
    case = next(c for c in CASES if c["kind"] == "receipt-reply" and c.get("findings"))
    source = data.source(case)
    source.findings = [replace(f, to_employer="お手元の枚数") for f in source.findings]
    (letter,) = letters_for("receipt-reply", source)
    assert [row["request"] for row in letter.context["rows"]] == ["お手元の枚数"]
