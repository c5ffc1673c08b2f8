"""The insurer's desk: lists that come in and go out, retention, submissions and their receipts.

What only the insurer, or only the sending employer, does with whole files. Never a rule of law, and no decision.
"""
