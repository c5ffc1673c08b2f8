"""Builds the employer's workbook from the schema: the same bytes each time.

Look, formulas, lists and protection of a new workbook. Never a change to a workbook that people have filled.
"""
