"""The dated data: what held on a day, and that every entry says from where it is."""

import datetime as dt
from pathlib import Path

import pytest
from case_files import cases
from shikaku.law import parameters
from shikaku.model.schema import schema

CASES = cases("law/parameters")


@pytest.mark.parametrize("case", [pytest.param(c, id=c["name"]) for c in CASES])
def test_value_on_a_day(case):
    assert parameters.value(case["parameter"], case["on"]) == case.get("value")
    entry = parameters.entry(case["parameter"], case["on"])
    assert (entry.status if entry else None) == case.get("status")


def test_every_change_has_a_case_on_both_sides():
    shown = {(case["parameter"], case["on"]) for case in CASES}
    for name, parameter in parameters.all_parameters().items():
        for entry in parameter.entries[1:]:
            before = entry.since - dt.timedelta(1)
            assert (name, entry.since) in shown, f"{name} from {entry.since}"
            assert (name, before) in shown, f"{name} before {entry.since}"


def test_every_entry_says_from_where_it_is():
    for parameter in parameters.all_parameters().values():
        assert parameter.description
        for entry in parameter.entries:
            assert entry.source, parameter.name
            assert entry.status in (parameters.PLANNED, parameters.FIXED)
            assert entry.planned == (entry.status == "予定")


def test_a_parameter_is_never_repealed_before_it_held():
    for parameter in parameters.all_parameters().values():
        assert parameter.entries[0].value is not None, parameter.name


def test_every_file_is_read():
    files = {path.stem for path in Path(parameters.__file__).parent.glob("*.toml")}
    assert files == set(parameters.THEMES)


def test_numbers_have_a_unit():
    units = {"days", "months", "years", "yen", "mm"}
    for parameter in parameters.all_parameters().values():
        numeric = any(type(entry.value) is int for entry in parameter.entries)
        assert parameter.unit in units if numeric else parameter.unit in {*units, ""}


def test_constants_and_unknown_names():
    assert parameters.constant("filing.days") == 5
    with pytest.raises(ValueError):
        parameters.constant("certificate.bulk_issue")
    for ask in (parameters.value, parameters.entry):
        with pytest.raises(KeyError):
            ask("certificate.no_such_thing", dt.date(2026, 4, 1))
    with pytest.raises(KeyError):
        parameters.constant("no_such_theme.days")


def test_the_templates_defaults_are_the_laws():
    """The workbook's settings start from what the law says; each number stands in both on purpose:
    the one is the rule, the other what an insurer may change."""
    defaults = {
        "filing_days": "filing.days",
        "return_days": "returns.insured_days",
        "number_retention_years": "filing.retention_years",
    }
    for setting, parameter in defaults.items():
        assert schema().settings[setting].default == parameters.constant(parameter)


VALUES = '[[{0}.values]]\nfrom = {1}\nvalue = 1\nstatus = "{2}"\nsource = "R1"\n'


@pytest.mark.parametrize(
    ("entries", "sound"),
    [
        ((("2024-12-02", "予定"), ("2025-04-01", "確定")), True),
        ((("2025-04-01", "確定"), ("2024-12-02", "確定")), False),
        ((("2024-12-02", "予定"), ("2024-12-02", "確定")), False),
        ((("2024-12-02", "案"),), False),
    ],
    ids=["in order", "out of order", "one day twice", "no such status"],
)
def test_data_that_contradicts_itself_is_refused(tmp_path, monkeypatch, entries, sound):
    text = '[share]\ndescription = "x"\n' + "".join(VALUES.format("share", *e) for e in entries)
    (tmp_path / "tried.toml").write_text(text, "utf-8")
    monkeypatch.setattr(parameters, "__file__", str(tmp_path / "parameters.py"))
    monkeypatch.setattr(parameters, "THEMES", ("tried",))
    if sound:
        assert len(parameters.all_parameters.__wrapped__()["tried.share"].entries) == len(entries)
        return
    with pytest.raises(ValueError, match="tried.share"):
        parameters.all_parameters.__wrapped__()


def test_a_source_older_than_a_year_is_marked():
    table = parameters.sources_markdown()
    looked_for = [e for p in parameters.all_parameters().values() for e in p.entries if e.newest]
    assert len(table.splitlines()) == 2 + len(looked_for)
    assert "2021-12-27 (1年より古い) |" in table  # the end of 任意継続 on request
    assert "| 2026-02-17 |" in table  # the income of a dependant by the labour contract
