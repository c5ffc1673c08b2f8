"""The checks: each declared once in its family's module, collected in the catalogue.

A check reads the tables and gives places and codes. It never writes, decides or knows a letter.
"""
