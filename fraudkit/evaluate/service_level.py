"""How a case stands against its due time: computed when it is read, never stored."""

from __future__ import annotations

from typing import Final, Literal, get_args

ServiceLevel = Literal["on_track", "at_risk", "due_soon", "breached"]

SERVICE_LEVELS: Final[tuple[ServiceLevel, ...]] = get_args(ServiceLevel)
AT_RISK: Final = 0.5
"""Share of the time from opening to due after which a case is at risk."""
DUE_SOON: Final = 0.8
"""Share after which it is due soon."""


def service_level(opened_at: int, due_at: int, now: int) -> ServiceLevel:
    """Return how an open case stands.

    Parameters
    ----------
    opened_at, due_at, now
        Moments in the same unit.
    """
    if now > due_at:
        return "breached"
    used = (now - opened_at) / (due_at - opened_at) if due_at > opened_at else 1.0
    if used >= DUE_SOON:
        return "due_soon"
    return "at_risk" if used >= AT_RISK else "on_track"
