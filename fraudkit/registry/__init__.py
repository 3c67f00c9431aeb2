"""Model versions on disk: an artifact of plain arrays and a manifest that says what it is."""

from __future__ import annotations

from fraudkit.registry.manifest import Manifest
from fraudkit.registry.registry import Origin, Registry, StoredModel

__all__ = ["Manifest", "Origin", "Registry", "StoredModel"]
