"""The decisions: who needs which document, on what ground, by what route, and why.

A theme a module, and ``everybody`` for the whole workbook. Never a finding, a letter or a file.
"""
