"""Model versions on disk."""

from __future__ import annotations

from pathlib import Path


class Registry:
    """The models that come with fraudkit and those that were trained here."""

    def __init__(self, bundled_folder: Path, local_folder: Path) -> None:
        self.bundled_folder = bundled_folder
        self.local_folder = local_folder
