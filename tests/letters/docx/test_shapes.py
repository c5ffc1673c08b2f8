"""Letters of a shape that was seen before aren't parsed, and are what they would be if they were."""

import letterkit
import pytest
from letterkit import docx, p, table
from shikaku.letters.docx import package
from shikaku.letters.docx.fields import Field, Kind
from shikaku.letters.docx.template import Template
from shikaku.system.errors import TemplateError

KIND = Kind(
    "t",
    "t",
    "member",
    (Field("name", ""), Field("kana", ""), Field("rows", "", items=(Field("text", ""),))),
)

BODIES = {
    "values in a run": p("{{ name }}様({{ kana }})"),
    "a value twice, and one of a filter": p("{{ name }}{{ name }}{{ kana|upper }}"),
    "a condition": p("{{ name }}{% if kana %}、{{ kana }}{% endif %}"),
    "rows": p("{{ name }}")
    + table([["{%tr for r in rows %}", ""], ["{{ r.text }}", ""], ["{%tr endfor %}", ""]]),
    "rows that may all be gone": p("{{ name }}")
    + table(
        [
            ["{%tr for r in rows if r.text != '乙' %}", ""],
            ["{{ r.text }}", ""],
            ["{%tr endfor %}", ""],
        ]
    ),
    "a text put together first": p("{% set both = name ~ kana %}{{ both }}"),
    "a value in an attribute": p("{{ kana }}").replace(
        'xml:space="preserve"', 'xml:space="preserve" w:rsidR="{{ name }}"'
    ),
    "a character of our own use": p("\ue000{{ name }}\ue000{{ kana }}"),
}

VALUES = [
    ("見本 太郎", "ミホン"),
    ("見本 花子", "ミホン"),
    ("", "ミホン"),
    ("A & <b>", "ミホン"),
    ("二行\nあり", "ミホン"),
    ("三行\nと\tタブ", "ミホン"),
    ("二行\nまた", "ミホン"),
    ("ミホン", "ミホン"),
    ("見本 次郎", ""),
    ("見本 三郎", "様("),
    ("\ue000", "\ue000"),
    ("  前後  ", "　"),
]


def _contexts() -> list[dict]:
    found = []
    for count in (1, 1, 1, 0, 0, 0, 2, 2, 2):
        rows = [{"text": text} for text in ("甲", "乙")[:count]]
        found += [{"name": name, "kana": kana, "rows": rows} for name, kana in VALUES]
    return found


def _outcome(template: Template, context: dict) -> object:
    try:
        return template.fill(context)
    except TemplateError as error:
        return error.message


@pytest.mark.parametrize("body", BODIES)
def test_a_known_shape_gives_the_same_letter_as_a_template_that_knows_none(body):
    whole = docx(BODIES[body], title="t")
    known = Template(whole, KIND)
    outcomes = []
    for context in _contexts():
        outcomes.append(_outcome(known, context))
        assert outcomes[-1] == _outcome(Template(whole, KIND), context)
    assert not all(isinstance(outcome, str) for outcome in outcomes)


def _parsed(monkeypatch, body: str, letters: list[dict]) -> list[int]:
    """How many parts are parsed for each of these letters."""
    template, seen, parse = Template(docx(body, title="t"), KIND), [], package.parse
    monkeypatch.setattr(package, "parse", lambda *a: seen.append(a) or parse(*a))
    counts = []
    for context in letters:
        template.fill(context)
        counts.append(len(seen))
        seen.clear()
    return counts


LETTERS = [{"name": f"見本 {n}郎", "kana": "ミホン", "rows": []} for n in "一二三四五"]


def test_from_the_third_letter_of_a_shape_on_nothing_is_parsed(monkeypatch):
    assert _parsed(monkeypatch, BODIES["values in a run"], LETTERS)[2:] == [0, 0, 0]


def test_letters_that_have_to_be_mended_are_parsed_each(monkeypatch):
    assert min(_parsed(monkeypatch, BODIES["rows that may all be gone"], LETTERS)) == 1


def test_a_value_that_stands_in_no_text_is_looked_for_in_each_letter():
    # Beside the runs Word shows nothing; words of the template hide it in some letters.
    body = p("見本 {{ kana }}").replace("<w:r>", "{{ name }}<w:r>", 1)
    template = Template(docx(body, title="t"), KIND)
    for _ in range(3):
        template.fill({"name": "見本", "kana": "ミホン", "rows": []})
    with pytest.raises(TemplateError):
        template.fill({"name": "別名", "kana": "ミホン", "rows": []})


def test_what_it_knows_is_no_part_of_a_template_that_is_sent_to_a_worker():
    import pickle

    template = Template(letterkit.letter_template(), letterkit.KIND)
    before = len(pickle.dumps(template))
    letters = [template.fill(letterkit.context(n)).docx for n in range(6)]
    assert len(pickle.dumps(template)) == before
    again = pickle.loads(pickle.dumps(template))
    assert [again.fill(letterkit.context(n)).docx for n in range(6)] == letters
