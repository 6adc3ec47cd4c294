"""The tests; a package only so that `python -m tests.graphs.write` and shared test code have a name."""
