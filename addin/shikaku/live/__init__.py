"""The twin in Python of the workbook's formulas: what they show, computed alike.

Each function equals a formula that ``template`` writes. Never a rule of its own: limits and numbers come from below.
"""
