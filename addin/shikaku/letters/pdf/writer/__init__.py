"""PDF files written by ourselves: glyphs in their places, tagged, with fonts cut to size.

Fonts and the file format live here. Never an engine, a layout or a letter.
"""
