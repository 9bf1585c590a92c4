"""Verdicts of data stewards on flags and on rows held back: the sheet they fill in, and how it is read back.

worklist.py: what is asked, from the published generation, and the sheet as it was issued. cells.py: one cell, as a
spreadsheet shows and mangles it. files.py: CSV and Excel. reading.py: which filled rows are verdicts, and landing them.
"""
