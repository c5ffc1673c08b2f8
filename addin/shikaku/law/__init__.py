"""The law as dated data, and the few computations on it.

What a rule says stands in the ``*.toml`` files beside this one, each value with the day from which
it holds, its source and its status; ``parameters`` reads them. ``filing_limit``, ``age`` and
``closed_days`` compute. It never knows a sheet's content or a letter.
"""
