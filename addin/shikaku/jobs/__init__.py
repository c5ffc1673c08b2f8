"""One function a job. Commands and ribbon buttons call these and nothing deeper.

A job takes a session (a closed file or a workbook open in Excel), gives a result with
``exit_status``, ``lines()`` (Japanese, for people) and ``to_json()`` (contract.md §3).
Here rooms meet; a rule, a format or a sentence of a letter never lives here.
"""
