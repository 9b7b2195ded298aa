"""Measurements against rivals: `python -m tests.load` prints ratios taken in one run."""
