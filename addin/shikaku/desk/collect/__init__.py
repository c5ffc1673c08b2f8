"""Many employers' files into one worklist: what arrived, what it holds, what belongs together.

A step a module, from the folder to the sheet. Never a decision about a person, and no letter.
"""
