"""The bench for phantom and stale stock: a small hard company of any number of stock records, with its truth.

Belongs here: one company of SKU-locations whose record drifts away from the shelf, its landing and its truth, and the
detector that knows the true rates. Does not belong here: the demo company (synthetic/) and the measuring of detectors
(benchmarks/).
"""
