"""Identity of people: the only place that says whether two rows are one person, one family, one card.

Checks, decisions, ledger, letters and desk ask here. Never a finding, a decision or a sentence for people.
"""
