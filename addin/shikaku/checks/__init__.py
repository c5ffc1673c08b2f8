"""The checks: each declared once in its family's module, collected in the catalogue."""
