"""What has to be computed for a set of features, derived from their declarations.

Windows that share their keys share one sorting; windows that count labels see the labels as elements of
their own and are kept apart, so that the others need not step over them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, cast

from fraudkit.features.formula import read_formula
from fraudkit.features.measures import ARITHMETIC, LABEL_MEASURES, Primitive
from fraudkit.features.spec import ENTITIES, Entity, FeatureSpec, Shared, Window

AMOUNT: Final = "amount"
"""The gap that stands for the transaction's own amount."""


@dataclass(frozen=True)
class WindowGroup:
    """Windows over the same elements.

    Attributes
    ----------
    keys
        What the elements of a window share.
    with_labels
        Whether labels are elements too.
    windows
        Each once.
    """

    keys: tuple[Shared, ...]
    with_labels: bool
    windows: tuple[Window, ...]


@dataclass(frozen=True)
class FeaturePlan:
    """What has to be read and computed for some features.

    Attributes
    ----------
    specs
        The features that can be computed.
    groups
        Their windows.
    """

    specs: tuple[FeatureSpec, ...]
    groups: tuple[WindowGroup, ...]

    @property
    def keys(self) -> frozenset[str]:
        """Entities and shared keys that the windows need as codes."""
        windows = [window for group in self.groups for window in group.windows]
        counted = [window.of for window in windows if window.of is not None]
        return frozenset([*(key for window in windows for key in window.keys), *counted])

    @property
    def entities(self) -> tuple[Entity, ...]:
        """Entities whose past the windows look at."""
        whose = {window.entity for group in self.groups for window in group.windows}
        return tuple(entity for entity in ENTITIES if entity in whose)

    @property
    def columns(self) -> frozenset[str]:
        """Columns of the row that the formulas read."""
        texts = [spec.formula for spec in self.specs]
        return frozenset().union(*(read_formula(text).columns for text in texts))

    @property
    def with_labels(self) -> bool:
        """Whether late labels are needed."""
        return any(group.with_labels for group in self.groups)


def plan_features(
    specs: Sequence[FeatureSpec], available: frozenset[str], *, for_reasons: bool = False
) -> FeaturePlan:
    """Plan the features that an extract with these canonical columns can feed.

    Parameters
    ----------
    specs, available
        The features and the columns that have values.
    for_reasons
        Plan all inputs, also those that only the reasons speak of.
    """
    usable = tuple(spec for spec in specs if spec.is_available(available))
    windows = [window for spec in usable for window in inputs_of(spec, for_reasons=for_reasons).values()]
    return FeaturePlan(usable, group_windows(windows))


def inputs_of(spec: FeatureSpec, *, for_reasons: bool = False) -> dict[str, Window]:
    """Return the windows that the formula of a feature uses, or all that it declares, by name."""
    gaps = read_formula(spec.formula).gaps
    return {name: window for name, window in spec.inputs.items() if for_reasons or name in gaps}


def group_windows(windows: Iterable[Window]) -> tuple[WindowGroup, ...]:
    """Put windows over the same elements together."""
    found: dict[tuple[tuple[Shared, ...], bool], dict[Window, None]] = {}
    for window in windows:
        found.setdefault((window.keys, window.measure in LABEL_MEASURES), {})[window] = None
    return tuple(WindowGroup(keys, labels, tuple(group)) for (keys, labels), group in found.items())


def primitives_of(window: Window) -> frozenset[Primitive]:
    """Return the primitives that a window's measure is made of."""
    return cast("frozenset[Primitive]", read_formula(ARITHMETIC[window.measure]).gaps)
