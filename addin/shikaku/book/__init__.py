"""The workbook: read and written, as a closed file or open in Excel. Knows no rule."""
