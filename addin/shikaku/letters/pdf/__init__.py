"""A finished Word file into a PDF, by one of several engines, and proof that the PDF says the same.

The engines share one interface. Never a template, and no value but those that are verified.
"""
