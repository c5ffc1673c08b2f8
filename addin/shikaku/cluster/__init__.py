"""Dask: the jobs' heavy parts handed in pieces to a scheduler (``--cluster``), with the same results.

Here a workbook is cut, sent and put together again; the rules run on the pieces as they run anywhere.
Never a rule of its own, and never a file but what the rooms below write.
"""
