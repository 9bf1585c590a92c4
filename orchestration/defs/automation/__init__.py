"""When runs start by themselves. Not here: what a run does."""
