"""Letters as Word files: templates, their fields, filling, joining, checking.

It knows Word's format and Jinja's. Never what a letter says, and no PDF.
"""
