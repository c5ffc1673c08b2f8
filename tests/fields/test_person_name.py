"""Names, readings and addresses: the case file, and what may never happen to a name."""

import unicodedata

import pytest
from case_files import cases
from hypothesis import given
from hypothesis import strategies as st
from shikaku.fields import kana, person_name, prefecture
from shikaku.fields.errors import InvalidComponent, InvalidFormat


def by_name(kind):
    return [pytest.param(case, id=case["name"]) for case in cases("fields/person_name", kind)]


@pytest.mark.parametrize("case", by_name("characters"))
def test_characters_outside_jis(case):
    replacement = case.get("replacement")
    assert person_name.outside_jis(f"東{case['text']}京") == [(case["text"], replacement)]
    expected = f"東{replacement}京" if replacement else None
    assert person_name.filing_name(f"東{case['text']}京") == expected


@pytest.mark.parametrize("case", by_name("inside"))
def test_characters_inside_jis(case):
    assert person_name.outside_jis(case["text"]) == []
    assert person_name.filing_name(case["text"]) == case["text"]


@pytest.mark.parametrize("case", by_name("names"))
def test_family_and_given_name(case):
    parts = tuple(case["parts"]) if "parts" in case else None
    assert person_name.split(case["text"]) == parts
    assert person_name.is_valid(case["text"]) == (parts is not None)
    if parts is None:
        with pytest.raises(InvalidFormat):
            person_name.validate(case["text"])
    else:
        shown = "　".join(parts).replace(" ", "　")
        assert person_name.validate(case["text"]) == person_name.format(case["text"]) == shown


@pytest.mark.parametrize("case", by_name("filed"))
def test_name_with_what_can_be_filed(case):
    assert person_name.filed_glyphs(case["text"]) == case["glyphs"]
    assert person_name.filing_name(case["text"]) == case.get("filing")


@pytest.mark.parametrize("case", by_name("kana"))
def test_kana(case):
    assert kana.is_kana(case["text"]) is case["valid"]
    assert kana.to_full(case["text"]) == case["full"]
    if case["valid"]:
        assert kana.validate(case["text"]) == kana.format(case["text"]) == case["full"]
    else:
        with pytest.raises(InvalidFormat):
            kana.validate(case["text"])


@pytest.mark.parametrize("case", by_name("addresses"))
def test_prefecture(case):
    assert prefecture.of(case["text"]) == case.get("prefecture")
    assert prefecture.starts_with_prefecture(case["text"]) == ("prefecture" in case)


def test_prefectures():
    assert len(set(prefecture.NAMES)) == 47
    assert [name[-1] for name in prefecture.NAMES if name[-1] != "県"] == list("道都府府")
    assert prefecture.validate(" 大阪府　") == "大阪府"
    assert prefecture.is_valid(" 大阪府　")
    with pytest.raises(InvalidComponent):
        prefecture.validate("大阪")


def test_the_table_replaces_only_what_cannot_be_filed():
    table = person_name._replacements()
    assert len(table) > 100
    for char, replacement in table.items():
        assert not person_name._in_jis(char), char
        assert person_name._in_jis(replacement), char
        assert unicodedata.normalize("NFC", char) == char, f"{char}: Unicode knows it already"


@given(st.text())
def test_a_filing_name_can_be_filed(text):
    filed = person_name.filing_name(text)
    unknown = [char for char, replacement in person_name.outside_jis(text) if replacement is None]
    assert (filed is None) == bool(unknown)
    if filed is not None:
        assert person_name.outside_jis(filed) == []
        assert person_name.filing_name(filed) == filed


@given(st.text(st.characters(exclude_categories=("Cs", "Cf", "Zs", "Zl", "Zp", "Cc"))))
def test_the_display_name_keeps_every_glyph(text):
    assert person_name.compact(f" {text}") == text.strip()


@given(st.text("アカガパッャーｰ-－ ﾊﾞｶﾞ　゛゜・ｧヴあ漢A\u3099"))
def test_to_full_is_stable(text):
    once = kana.to_full(text)
    assert kana.to_full(once) == once
    if kana.is_kana(text):
        assert kana.is_kana(once)
