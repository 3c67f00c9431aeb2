"""Measurements beside their bars; run one with `python -m benchmarks.NAME`."""
