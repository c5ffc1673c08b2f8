"""Test workbooks as files: planned, written, taken apart, changed part by part."""
