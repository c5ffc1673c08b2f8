"""A workbook of an older form, brought into the present one where it stands.

What people typed, their sheets, columns, comments and looks stay as they are; only what the form
itself brings (formulas, rules, headings' looks, 表紙, コード表) is taken from a new workbook. Never a
row moved, never a value of the user's touched.
"""
