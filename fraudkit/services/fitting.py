"""How the data at hand compare with what the model was trained on."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fraudkit.evaluate.drift import SHIFTED, FeatureBins
from fraudkit.features.fallback import LEAST_ROWS, is_needed
from fraudkit.services.modelling import ActiveModel
from fraudkit.words import N_, Language, translate

FAR_SHARE: Final = 1 / 3
"""Data are far from the model when this share of its features has shifted or is missing."""


@dataclass(frozen=True, slots=True)
class FitReport:
    """How data compare with what a model was trained on.

    Parameters
    ----------
    psi
        Population stability index of each feature that the data can feed; empty below a thousand rows.
    missing
        Features that the data cannot feed.
    far
        Whether a third of the features has shifted (index above 0.25) or is missing.
    sentence
        One marked sentence; its gaps are filled from `values`.
    values
        Numbers of features: total, shifted, missing; and rows.
    """

    psi: dict[str, float]
    missing: tuple[str, ...]
    far: bool
    sentence: str
    values: dict[str, int] = field(default_factory=dict)

    def text(self, language: Language) -> str:
        """Return the sentence in the reader's language."""
        return translate(self.sentence, language).format(**self.values)

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> FitReport:
        """Read what `as_json` wrote."""
        return cls(**{**stored, "missing": tuple(stored["missing"])})


def compare(model: ActiveModel, X: NDArray[np.float32], available: frozenset[str]) -> FitReport:
    """Compare the features of an extract, (n, features), with the reference of the model."""
    missing = tuple(spec.name for spec in model.specs if not spec.is_available(available))
    psi = _stability(model, X, missing) if len(X) >= LEAST_ROWS else {}
    shifted = sum(value > SHIFTED for value in psi.values())
    total = len(model.specs)
    far = shifted + len(missing) >= FAR_SHARE * total
    values = {"rows": len(X), "total": total, "shifted": shifted, "missing": len(missing)}
    return FitReport(psi, missing, far, _sentence(len(X), total, len(missing), far), values)


def _stability(model: ActiveModel, X: NDArray[np.float32], missing: tuple[str, ...]) -> dict[str, float]:
    bins = model.manifest.feature_bins
    return {
        name: FeatureBins.from_json(bins[name]).stability(X[:, place])
        for place, name in enumerate(model.manifest.features)
        if name not in missing
    }


def _sentence(rows: int, total: int, missing: int, far: bool) -> str:
    if rows < LEAST_ROWS:
        return N_(
            "With {rows} transactions there is too little to compare: they are ranked among themselves, by"
            " amount, by the customer's usual amount and by the share of the balance."
        )
    if is_needed(rows, total, missing):
        return N_(
            "{missing} of the model's {total} features are missing: the transactions are ranked among"
            " themselves, by amount, by the customer's usual amount and by the share of the balance. Train on"
            " these data."
        )
    if far:
        return N_(
            "These data are far from what the model was trained on: of {total} features {shifted} are"
            " distributed differently and {missing} are missing. Train on these data to rank them better."
        )
    return N_("These data are like those that the model was trained on.")
