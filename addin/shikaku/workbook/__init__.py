"""Our workbook, whoever holds it: the session's protocol, and a closed file behind it.

It brings the schema and the file format together. Never a rule, and never Excel's own objects.
"""
