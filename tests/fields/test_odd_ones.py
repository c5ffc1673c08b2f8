"""What is odd among many texts, looked at all at once, as each text says it alone."""

from hypothesis import given
from hypothesis import strategies as st
from shikaku.fields import kana, person_name, postal_code

NAMES = st.text(
    st.sampled_from("見本太郎髙①゛ヤーA葛\U000e0100 \u3000\n\u200b様1"), min_size=1, max_size=7
)
READINGS = st.text(st.sampled_from("ヤマダー・ｶﾞか゛ \u3000\n-"), min_size=1, max_size=7)
CODES = st.text(st.sampled_from("0123-０〒\n "), max_size=9) | st.from_regex(
    "[0-9]{3}-?[0-9]{4}", fullmatch=True
)


@given(st.sets(NAMES))
def test_names(texts):
    odd = {t for t in texts if not person_name.is_parted(t) or person_name.outside_jis(t)}
    assert person_name.odd_ones(texts) == odd


@given(st.sets(READINGS))
def test_readings(texts):
    odd = {text for text in texts if not (kana.is_parted(text) and kana.is_kana(text))}
    assert kana.odd_ones(texts) == odd


@given(st.sets(CODES))
def test_postal_codes(texts):
    odd = postal_code.odd_ones(texts)
    assert {text for text in texts if text and not postal_code.is_valid(text)} <= odd
    assert all(postal_code.is_valid(text) for text in texts - odd - {""})


@given(st.sets(CODES))
def test_prefectures_of_postal_codes(texts):
    found = postal_code.all_prefectures(texts)
    for text in texts:
        known = postal_code.prefectures(text) if postal_code.is_valid(text) else None
        assert found[text] == known
