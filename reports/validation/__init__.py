"""The validation report: what the audit of a generation found, and what a steward does next.

Here: a summary, a page per suite and per rule with its failing keys, held-back rows, flags and the count list, inside
the site of the pages and in their look. Not here: any check (expectations/) and any judgement of its own: a verdict, a
count and a key on these pages is one that the audit wrote down or a row of a published mart.
"""
