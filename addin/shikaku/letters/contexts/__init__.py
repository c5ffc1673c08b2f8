"""What each kind of letter says to whom: the contexts of the templates.

Facts and decisions come in, the fields of the catalogue go out. Never a Word file, and no decision.
"""
