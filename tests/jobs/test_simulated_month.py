"""The insurer's month through the real jobs against a recount; ``python tests/simulate_month.py``."""

import simulate_month


def test_every_letter_of_the_month_is_one_that_the_recount_has(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))
    wrong, count = simulate_month.run(tmp_path / "month")
    assert wrong == [] and count > 20


def test_the_recount_asks_for_something_of_every_kind():
    everybody = simulate_month.people()
    simulate_month._rows(everybody)
    wanted = simulate_month.recount(everybody)
    assert {kind for _, kind, _ in wanted} == {"certificate", "return-request", "return-reminder"}
    assert wanted["corrected", "certificate", simulate_month.DAYS[0]] == 1
    assert wanted["corrected", "certificate", simulate_month.DAYS[1]] == 1
    assert wanted["corrected", "return-reminder", simulate_month.DAYS[3]] == 1
    assert not [one for one in wanted if one[0] in ("registered", "stays", "imported")]
    assert not [one for one in wanted if one[0] == "married" and one[1] == "return-reminder"]
