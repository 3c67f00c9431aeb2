"""One small extract for all tests of its content."""

from __future__ import annotations

import pandas as pd
import pytest

from fraudkit.sample import Sample, SampleSettings, generate_sample, read_settings
from tests.sample.checks import frame_of


@pytest.fixture(scope="session")
def settings() -> SampleSettings:
    return read_settings(transactions=20_000, seed=7)


@pytest.fixture(scope="session")
def sample(settings: SampleSettings) -> Sample:
    return generate_sample(settings)


@pytest.fixture(scope="session")
def frame(sample: Sample) -> pd.DataFrame:
    """Transactions with the truth beside them."""
    return frame_of(sample)
