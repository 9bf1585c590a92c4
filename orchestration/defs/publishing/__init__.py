"""The published generation as an asset. Not here: how it is made (lib/publishing.py)."""
