"""File names that every system takes, and tells apart."""

import pytest
from shikaku.fields.person_name import is_selector
from shikaku.letters.bulk.file_names import Names, safe_stem


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

    def test_a_variant_goes_with_its_character(self):
        unit = "葛\U000e0100"  # seven bytes: 31 of them fit behind these two, and the character of one more
        assert safe_stem("ab" + unit * 40) == "ab" + unit * 31

    def test_what_a_file_system_cannot_tell_apart_gets_a_number(self):
        names = Names()
        given = [
            names.give("k", s, str(i)) for i, s in enumerate(["Ab", "aB", "か\u3099", "が", "Ab"])
        ]
        assert given == ["Ab", "aB_2", "か\u3099", "が_2", "Ab_3"]
        assert names.give("other", "Ab", "9") == "Ab"
        assert names.give("k", "Ab", "0") == "Ab"
