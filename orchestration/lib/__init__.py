"""Plain logic of the orchestration, free of Dagster, so that tests and the command line call it directly."""
