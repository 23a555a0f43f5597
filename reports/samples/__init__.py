"""Reports of three examples, committed: what a report looks like, and a test that it still does.

`python -m reports.samples --write` rewrites them; the difference is read like any other.
"""
