"""Behavioural features: declared once; kernel, portable SQL, names and words come from the declaration."""

from __future__ import annotations

from fraudkit.features.catalog import DEFAULT_FEATURES, FEATURES, features_named
from fraudkit.features.spec import FeatureSpec, Window

__all__ = ["DEFAULT_FEATURES", "FEATURES", "FeatureSpec", "Window", "features_named"]
