"""Workbooks for the tests of ``shikaku.book``: made, taken apart, changed part by part."""
