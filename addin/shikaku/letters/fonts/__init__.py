"""Which font can draw a text, and the smaller font that goes into a PDF.

Faces, subsets, coverage and what to fall back on. Never a letter's content.
"""
