"""The engine that needs nothing but pip: what it needs prepared, and what it can't print.

A young library, kept in one room so that it can be taken out. Never a workaround elsewhere.
"""
