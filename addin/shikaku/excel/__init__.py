"""A workbook open in Excel: read and written through xlwings, never saved.

All that only Excel can do, or gets wrong, is kept in here. Never a rule or a file format.
"""
