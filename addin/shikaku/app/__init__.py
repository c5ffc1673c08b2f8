"""The window for people without a terminal, and the icon that opens it.

Every button calls the job of the command of the same name. Never a rule, a sentence about a person, or a way of its own to read a workbook.
"""
