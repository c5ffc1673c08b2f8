"""How the files of tests are run: which first, and which without counting the lines they reach."""

FIRST = (
    "protection/test_fuzz.py",
    "template/test_live_formulas.py",
    "excel/test_cases.py",
    "forms/test_upgrade.py",
    "jobs/test_run.py",
    "ooxml/test_spellings.py",
    "template/test_protection.py",
    "protection/test_faults.py",
    "letters/pdf/rdocx/test_plans.py",
    "letters/design/test_pages.py",
    "desk/collect/test_collect.py",
    "letters/bulk/test_produce.py",
    "cluster/test_cluster.py",
)
"""The longest: begun last, one of them would keep a single core busy while the others have done."""

UNCOUNTED = (
    "excel/test_last_write.py",
    "excel/test_protection.py",
    "excel/test_round_trips.py",
    "jobs/test_simulated_month.py",
    "letters/design/test_pages.py",
    "letters/test_template_trial.py",
    "ooxml/test_spellings.py",
    "protection/",
    "template/test_protection.py",
    "template/test_validation.py",
)
"""Files and folders whose lines other tests count: they send the same commands through kills, full
disks, refusals, spellings and pages, where counting would take half as long again."""
