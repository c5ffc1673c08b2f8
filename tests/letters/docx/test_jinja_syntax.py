"""Which fields a template uses, and which of its names nobody knows."""

import pytest
from jinja2 import Environment
from shikaku.letters.docx.fields import Field
from shikaku.letters.docx.jinja_syntax import Usage

FIELDS = (
    Field("cases", "一覧", items=(Field("name", "氏名"), Field("no", "番号"))),
    Field("who", "氏名"),
)
OF_GROUPS = "{% for c in MEMBERS %}{{ c.no }}{% endfor %}{% endfor %}"


def usage(text: str) -> Usage:
    return Usage(FIELDS, "本文").read(Environment().parse(text), [text])


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("{{ who }}", {"who"}),
        ("{% if who %}x{% endif %}", set()),
        ("{% set mine = who %}{{ mine }}", {"who"}),
        (
            "{% set every = cases %}{% for c in every %}{{ c.no }}{% endfor %}",
            {"cases", "cases.no"},
        ),
        (
            "{% for g in cases|groupby('name') %}{{ g.grouper }}"
            + OF_GROUPS.replace("MEMBERS", "g.list"),
            {"cases", "cases.no"},
        ),
        (
            "{% for key, of in cases|groupby('name') %}{{ key }}"
            + OF_GROUPS.replace("MEMBERS", "of"),
            {"cases", "cases.no"},
        ),
    ],
    ids=[
        "printed",
        "asked for",
        "another name",
        "another name of a list",
        "groups",
        "groups in two",
    ],
)
def test_fields_in_use(text, used):
    found = usage(text)
    assert (found.used, found.problems) == (used, [])


@pytest.mark.parametrize(
    "text",
    [
        "{{ whom }}",
        "{{ who.name }}",
        "{% for c in who %}x{% endfor %}",
        "{% for c in cases %}{{ c.nothing }}{% endfor %}",
        "{% set every = cases %}{% for c in every %}{{ c.nothing }}{% endfor %}",
        "{% for g in cases|groupby('name') %}{{ g.no }}{% endfor %}",
        "{{ who._name }}",
    ],
    ids=range(7),
)
def test_names_that_nobody_knows(text):
    assert usage(text).problems
