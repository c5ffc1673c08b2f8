"""Excel played for tests: the xlwings engine over openpyxl, VBA run headless, VBA files read."""
