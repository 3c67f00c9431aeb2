"""What a model is: where it came from, what it needs, how its scores and features were distributed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from importlib.metadata import version
from typing import Any, Final

from fraudkit.errors import ModelError
from fraudkit.words import N_

FORMAT: Final = 1
_LIBRARIES: Final = ("joblib", "numpy", "scikit-learn")


@dataclass(frozen=True, slots=True)
class Manifest:
    """The manifest of one model version.

    Attributes
    ----------
    model_id
        `forest-` and the first ten digits of the artifact's digest.
    sha256
        Digest of the artifact; checked before the artifact is parsed.
    features
        Names in the order of the columns.
    parameters
        What the forest was fitted with, seed included.
    rows
        Rows it was fitted on.
    trained_from_us, trained_to_us
        Time of the first and the last of them.
    last_position, ledger_position
        They name the training set, which can be built again.
    libraries
        Versions that it was made with.
    score_quantiles
        (101,) percentiles of the score over the reference rows, without labels.
    feature_bins
        For each feature the edges and shares that drift is measured against.
    figures
        Quality, as measured when it was trained.
    format
        Version of this layout.
    """

    model_id: str
    sha256: str
    features: tuple[str, ...]
    parameters: dict[str, int]
    rows: int
    trained_from_us: int
    trained_to_us: int
    last_position: int
    ledger_position: int
    libraries: dict[str, str]
    score_quantiles: tuple[float, ...]
    feature_bins: dict[str, dict[str, list[float]]]
    figures: dict[str, float]
    format: int = FORMAT

    def as_text(self) -> str:
        """Return the manifest as JSON that carries its own digest."""
        content = asdict(self)
        return json.dumps({**content, "manifest_sha256": _digest(content)}, indent=1, sort_keys=True) + "\n"

    @classmethod
    def from_bytes(cls, data: bytes, folder: str) -> Manifest:
        """Read a manifest.

        Raises
        ------
        ModelError
            When it was changed since it was written, or another version of fraudkit wrote it.
        """
        try:
            content: dict[str, Any] = json.loads(data.decode("utf-8"))
            recorded = content.pop("manifest_sha256")
            known = {field.name for field in fields(cls)}
            intact = recorded == _digest(content) and content.keys() == known
        except (ValueError, KeyError, AttributeError, TypeError):
            intact = False
        if not intact or content["format"] != FORMAT:
            raise ModelError(
                N_("The manifest of model {model} is damaged, was changed or is of another version."),
                N_("Restore its folder from a backup, or train a new model."),
                model=folder,
            )
        tuples = {name: tuple(content[name]) for name in ("features", "score_quantiles")}
        return cls(**{**content, **tuples})


def library_versions() -> dict[str, str]:
    """Return the versions of the libraries that shape an artifact."""
    return {name: version(name) for name in _LIBRARIES}


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode("utf-8")).hexdigest()
