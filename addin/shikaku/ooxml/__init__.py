"""Parts of an .xlsx: zip entries, XML, sheets, styles, tables, formulas.

It reads and patches the file format and leaves every byte that it isn't asked about. Never a sheet or label of ours.
"""
