"""One identifier, one module: what a cell may hold, how it is written, what is wrong with it.

Every module has the same verbs. ``compact`` strips spelling only (width, spaces, hyphens);
``validate`` gives the canonical form or raises a typed error of ``fields.errors``; ``is_valid``
answers yes or no; ``format`` writes it for people. It never knows a sheet or a table.
"""
