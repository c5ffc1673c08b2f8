"""Many letters in one run: worker processes, a journal, file names, progress.

Nothing is lost, doubled or overwritten when a run breaks off. Never what a letter says.
"""
