"""Seeded simulator of the physical warehouse, its imperfect emitters and the ledger of what is true.

Belongs here: the synthetic company and everything that makes its landing batches and its truth ledger.
Does not belong here: anything the warehouse needs on real input; no model and no module outside tests imports it.
"""
