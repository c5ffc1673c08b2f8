"""The door of texts that leave: what may pass, what acts on a screen, and that nobody else opens it."""

import json
import pickle

import pytest
from shikaku.system import masking
from shikaku.system.masking import Shown

NUMBER = "000000000019"


def test_only_the_door_makes_a_shown_text():
    with pytest.raises(TypeError):
        Shown("x")
    text = masking.shown("x")
    assert isinstance(text, Shown) and isinstance(pickle.loads(pickle.dumps(text)), Shown)
    assert not isinstance(text + "x", Shown)


@pytest.mark.parametrize(
    "char", ["\x1b", "\x07", "\x9b", "\n", "\r", "\u2028", "\u202e", "\ud800"], ids=ascii
)
def test_what_acts_on_a_terminal_is_seen(char):
    line = masking.shown(f"a{char}[31mb")
    assert char not in line and line.startswith("a") and line.endswith("[31mb")


def test_a_message_of_several_lines_keeps_its_lines():
    assert masking.shown_lines("a\nb\x1b") == "a\nb␛"


def test_json_says_the_same_and_drives_no_terminal():
    text = masking.as_json({"a": f"x\x1b\x9b\n{NUMBER}", NUMBER: [1, None, "山"]})
    assert not any(c in text for c in "\x1b\x9b") and NUMBER not in text
    assert json.loads(text) == {"a": f"x\x1b\x9b\n{'*' * 12}", "*" * 12: [1, None, "山"]}


ALIKE = [
    {"row": n, "name": name, "none": none, "yes": n > 2, "list": [n], "objects": [{"n": name}] * n}
    for n, (name, none) in enumerate([("山 %s", None), ("", "x"), ("山 %s", None), ('"\\', "")])
]


@pytest.mark.parametrize(
    "things",
    [
        ALIKE,
        [*ALIKE, {"row": 1}],
        [{}, {}],
        [{"a": 1, "b": 2}, {"b": 2, "a": 1}],
        [{"a": True}, {"a": 1}, {"a": 1.0}, {"a": None}],
        [{"100%": "%d"}, {"100%": "50%"}],
    ],
    ids=range(6),
)
def test_json_of_objects_alike_is_that_of_each(things):
    for thing in (things, {"things": things, "again": [things]}):
        assert masking.as_json(thing) == json.dumps(thing, ensure_ascii=False, indent=2)


def test_no_number_leaves_in_a_column():
    text = masking.as_json([{"a": f"No. {NUMBER}", "b": NUMBER} for _ in range(3)])
    assert json.loads(text) == [{"a": f"No. {'*' * 12}", "b": "*" * 12}] * 3


def test_a_name_is_cut_after_it_was_masked():
    assert masking.bare(f"見本見本見本見本見本{NUMBER}", 16) == "見本見本見本見本見本******"
