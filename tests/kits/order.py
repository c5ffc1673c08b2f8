"""Which files of tests are begun first."""

FIRST = (
    "excel/test_cases.py",
    "letters/design/test_pages.py",
    "template/test_live_formulas.py",
    "forms/test_upgrade.py",
    "desk/collect/test_kinds_of_files.py",
    "protection/test_faults.py",
    "letters/pdf/rdocx/test_plans.py",
    "jobs/test_run.py",
    "letters/bulk/test_interrupted.py",
    "letters/bulk/test_produce.py",
    "protection/test_leak.py",
    "desk/collect/test_settling.py",
    "protection/test_fuzz.py",
    "cluster/test_cluster.py",
    "app/test_window.py",
)
"""The longest: begun last, one of them would keep a single core busy while the others have done."""
