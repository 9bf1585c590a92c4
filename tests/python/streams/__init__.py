"""Small random streams of stock events, bent in every way that must change nothing, beside marts and oracle."""
