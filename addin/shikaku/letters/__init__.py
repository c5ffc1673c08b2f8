"""The letters: their catalogue, what a letter is, and the check of templates that people edit.

The rooms below say what letters tell, fill Word files, print them and make them in bulk. Never a decision.
"""
