"""A template is tried before a run: everybody is printed, nothing hangs, faults have their place."""

import time
from dataclasses import replace
from pathlib import Path

import letterkit
import pytest
from letterkit import docx, p, table
from shikaku.letters import template_check
from shikaku.letters.bulk import prepared_kind, produce
from shikaku.letters.catalogue import KINDS
from shikaku.letters.template_trial import check_file
from shikaku.system import worker_pool
from shikaku.system.errors import TemplateError

KIND = KINDS["distribution"]
HEAD = p("{{ date }} {{ insurer_name }} {{ to_name }}")
WHO = "{{ x.insured }} {{ x.name }}"


def checked(tmp_path: Path, body: str, kind=KIND):
    """What the check says of a template."""
    path = tmp_path / f"{kind.kind}.docx"
    path.write_bytes(docx(HEAD + body, title=""))
    return check_file(path, kind)


def loop(head: str, *inside: str, end: str = "{%p endfor %}") -> str:
    return p(head) + "".join(inside) + p(end)


GOOD = {
    "a table in a cell of a table": table([("外", "")]).replace(
        "</w:tc>",
        table([("{%tr for x in rows %}", ""), (WHO, ""), ("{%tr endfor %}", "")])
        + p("")
        + "</w:tc>",
        1,
    ),
    "groups": loop(
        "{%p for g in rows|groupby('department') %}",
        p("{{ g.grouper }}"),
        loop("{%p for x in g.list %}", p(WHO)),
    ),
    "groups as pairs": loop(
        "{%p for place, people in rows|groupby('department') %}",
        p("{{ place }}"),
        loop("{%p for x in people %}", p(WHO)),
    ),
    "several in a line": loop(
        "{%p for line in rows|batch(2) %}", p("{% for x in line %}" + WHO + "{% endfor %}")
    ),
    "in two lists by a condition": loop(
        "{%p for x in rows %}", p("{%p if x.note %}"), p(WHO), p("{%p endif %}")
    )
    + loop("{%p for x in rows %}", p("{%p if not x.note %}"), p(WHO), p("{%p endif %}")),
}
LOSING = {
    "only the first": loop(
        "{%p for x in rows %}", p("{%p if loop.first %}"), p(WHO), p("{%p endif %}")
    ),
    "only some": loop("{%p for x in rows[:2] %}", p(WHO)),
    "merged down": table(
        [("{%tr for x in rows %}", ""), ("{% vm %}{{ x.department }}", WHO), ("{%tr endfor %}", "")]
    ),
    "merged down over people": table(
        [("{%tr for x in rows %}", ""), ("{% vm %}" + WHO, ""), ("{%tr endfor %}", "")]
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_every_way_that_prints_everybody_is_fine(name: str, tmp_path: Path) -> None:
    assert checked(tmp_path, GOOD[name]).problems == ()


@pytest.mark.parametrize("name", LOSING)
def test_nobody_is_lost_without_a_word(name: str, tmp_path: Path) -> None:
    assert not checked(tmp_path, LOSING[name]).ok


def test_strict_files_are_refused_by_their_name(tmp_path: Path) -> None:
    path = tmp_path / "distribution.docx"
    parts = letterkit.unzipped(docx(HEAD, title=""))
    main = parts["word/document.xml"]
    parts["word/document.xml"] = main.replace(
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    path.write_bytes(letterkit.zipped(parts))
    assert "Strict" in check_file(path, KIND).problems[0].message


@pytest.mark.parametrize("depth", [25, 400])
def test_deep_nesting_is_named(depth: int, tmp_path: Path) -> None:
    body = "".join(p("{%p if date %}") for _ in range(depth)) + p(WHO)
    body += "".join(p("{%p endif %}") for _ in range(depth))
    found = checked(tmp_path, loop("{%p for x in rows %}", body))
    assert found.ok or any("入れ子" in problem.message for problem in found.problems)


ENDLESS = (
    "{% set l = [1] %}" + "{% set l = [l, l] %}" * 30 + "{% set m = [1] %}"
    "" + "{% set m = [m, m] %}" * 30 + "{% if l == m %}x{% endif %}"
)


def test_a_template_that_never_ends_is_given_up(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(template_check, "_tried", {})
    monkeypatch.setattr(worker_pool, "_TO_END", 0.5)  # such a comparison hears of no signal
    path = tmp_path / "notice.docx"
    path.write_bytes(docx(p(ENDLESS), title=""))
    began = time.monotonic()
    (found,) = template_check.try_out([(path, letterkit.KIND)], seconds=2)
    assert not found.ok and time.monotonic() - began < 40


class Endless:
    """A worker that tries a template for ever, without work for the machine."""

    def work(self, work: object) -> None:
        time.sleep(600)

    def close(self) -> None:
        """Nothing is open."""


def test_nor_is_it_tried_for_each_letter(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(template_check, "_tried", {})
    monkeypatch.setattr(template_check, "_Tester", Endless)
    monkeypatch.setattr(
        prepared_kind, "try_out", lambda one: template_check.try_out(one, seconds=2)
    )
    (tmp_path / "notice.docx").write_bytes(docx(p(ENDLESS), title=""))
    began = time.monotonic()
    with pytest.raises(TemplateError):
        produce.produce(
            letterkit.letters(40),
            tmp_path / "out",
            kinds=letterkit.KINDS,
            templates_dirs=[tmp_path],
            progress=False,
        )
    assert time.monotonic() - began < 60


@pytest.mark.parametrize("filter_", ["lower", "upper", "trim", "string", "join"])
def test_no_filter_writes_out_a_list_of_lists(filter_: str, tmp_path: Path) -> None:
    body = p("{% set l = ['x'] %}" + "{% set l = [l, l] %}" * 40 + "{{ l|" + filter_ + " }}")
    kind = replace(letterkit.KIND, kind="notice")
    path = tmp_path / "notice.docx"
    path.write_bytes(docx(body, title=""))
    assert not check_file(path, kind).ok


def test_more_pages_than_the_kind_has_is_an_error(tmp_path: Path) -> None:
    kind = KINDS["certificate-cover"]
    fields = p("{{ person_name }} {{ expiry }}")
    assert not checked(tmp_path, fields + p("あ") * 90, kind).ok
