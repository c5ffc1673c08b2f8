"""What the workbook holds, as data: the schema, tables of cells, people, the ledger, settings.

Facts about the form live here, each once. Never a rule, a file format or a clock.
"""
