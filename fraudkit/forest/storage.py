"""A forest as plain arrays, numbers and strings, so that no artifact needs this package's classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from fraudkit.errors import ModelError
from fraudkit.forest.arrays import ForestArrays
from fraudkit.forest.calibration import LogOdds
from fraudkit.forest.feedback import Learned, LearningSettings
from fraudkit.words import N_

if TYPE_CHECKING:
    from fraudkit.forest.forest import Forest

FORMAT = 1


def pack(forest: Forest) -> dict[str, Any]:
    """Return one flat mapping: `tree_start`, `feature_names`, `settings.variance`, `learned.pull`, ..."""
    names = np.array(forest.feature_names, dtype=np.str_)
    packed: dict[str, Any] = {"format": FORMAT, "feature_names": names}
    packed |= {field.name: getattr(forest.arrays, field.name) for field in fields(ForestArrays)}
    packed |= {f"scale.{name}": value for name, value in asdict(forest.scale).items()}
    packed |= {f"settings.{name}": value for name, value in asdict(forest.settings).items()}
    if forest.reference is not None:
        packed["reference"] = forest.reference
    if forest.learned is not None:
        learned = forest.learned
        packed |= {f"learned.{field.name}": getattr(learned, field.name) for field in fields(Learned)}
    return packed


def unpack(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of a forest by name.

    Raises
    ------
    ModelError
        When an entry is missing or the format is another.
    """
    if mapping.get("format") != FORMAT:
        raise ModelError(
            N_("The forest is stored in format {found}; this version reads format {known}."),
            N_("Train the model again with this version."),
            found=mapping.get("format"),
            known=FORMAT,
        )
    try:
        return {
            "arrays": ForestArrays(**_fields(ForestArrays, mapping, "")),
            "feature_names": tuple(str(name) for name in mapping["feature_names"]),
            "reference": mapping.get("reference"),
            "scale": LogOdds(**_fields(LogOdds, mapping, "scale.")),
            "settings": LearningSettings(**_fields(LearningSettings, mapping, "settings.")),
            "learned": (
                Learned(**_fields(Learned, mapping, "learned.")) if "learned.pull" in mapping else None
            ),
        }
    except KeyError as error:
        raise ModelError(
            N_("The stored forest lacks {name}."),
            N_("The artifact is damaged: restore it or train the model again."),
            name=error.args[0],
        ) from error


def _fields(kind: Any, mapping: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """Return a dataclass's values; what was a number comes back as one, from a NumPy file too."""
    values = {field.name: mapping[prefix + field.name] for field in fields(kind)}
    return {
        name: np.asarray(value).item() if np.ndim(value) == 0 else np.array(value)
        for name, value in values.items()
    }
