"""The sample: an invented extract of a Peruvian bank with known frauds."""

from fraudkit.sample.generator import Sample, generate_sample
from fraudkit.sample.settings import SampleSettings, read_settings
from fraudkit.sample.writing import SampleSummary, generate, write_sample

__all__ = [
    "Sample",
    "SampleSettings",
    "SampleSummary",
    "generate",
    "generate_sample",
    "read_settings",
    "write_sample",
]
