"""The ledger of returns: kept up to date, its stages, its report.

It decides what comes back, when, and what happens next. It never strikes a row off or overrules what people typed.
"""
