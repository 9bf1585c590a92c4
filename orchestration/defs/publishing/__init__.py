"""The published generation and its pages as assets. Not here: how they are made (lib/publishing.py, reports/)."""
