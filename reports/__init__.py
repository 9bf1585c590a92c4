"""The pages: a static site made from one published generation, offline, one page per KPI and an overview.

Here: page definitions (pages/*.yml), templates and the code that turns marts into pages. Not here: any figure of its
own (every number on a page is a row of a published mart) and any way into what is not published.
"""
