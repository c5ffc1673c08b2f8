"""How the files of tests are run: which first, and which without counting the lines they reach."""

FIRST = (
    "excel/test_cases.py",
    "letters/design/test_pages.py",
    "template/test_live_formulas.py",
    "forms/test_upgrade.py",
    "desk/collect/test_collect.py",
    "protection/test_faults.py",
    "letters/pdf/rdocx/test_plans.py",
    "jobs/test_run.py",
    "letters/bulk/test_produce.py",
    "protection/test_leak.py",
    "desk/collect/test_settling.py",
    "protection/test_fuzz.py",
    "cluster/test_cluster.py",
    "app/test_window.py",
)
"""The longest: begun last, one of them would keep a single core busy while the others have done."""

UNCOUNTED = (
    "checks/test_catalogue.py::test_work_grows",
    "cluster/test_partitions.py::test_each_case_of_a_check",
    "desk/test_status_list.py::test_the_list_of_a_big_insurer",
    "excel/test_cases.py",
    "excel/test_last_write.py",
    "excel/test_protection.py",
    "excel/test_round_trips.py",
    "excel/test_writing.py::test_a_refusal_at_any_moment",
    "fields/test_long_texts.py",
    "forms/test_upgrade.py::test_a_second_time",
    "forms/test_upgrade.py::test_check_and_cover",
    "forms/test_upgrade.py::test_formulas_rules",
    "forms/test_upgrade.py::test_live_columns",
    "forms/test_upgrade.py::test_the_same_file",
    "install/test_vba",
    "jobs/test_growth.py",
    "jobs/test_purge_changes_nothing.py",
    "jobs/test_reissue.py",
    "jobs/test_renewals.py",
    "jobs/test_simulated_month.py",
    "letters/design/test_pages.py",
    "letters/pdf/rdocx/test_plans.py",
    "letters/test_template_trial.py",
    "ooxml/test_beside_the_gate.py::test_reading_it",
    "ooxml/test_spellings.py",
    "protection/",
    "template/test_builder.py",
    "template/test_protection.py",
    "template/test_second_engine.py",
    "template/test_validation.py",
    "test_architecture.py",
    "test_habits.py",
    "workbook/test_book_id.py",
    "workbook/test_unread_sheets.py",
)
"""Tests (folders, files, functions, as a test's name begins) whose lines others count: they send the same
commands through kills, full disks, refusals, spellings, pages and many rows, where counting would take
half as long again."""
