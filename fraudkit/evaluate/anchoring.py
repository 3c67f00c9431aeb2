"""What seeing the score does to a judgement: leans recorded before it, against the verdicts given after.

A lean is a quick judgement from the facts alone. Whoever leaned one way and decided the other changed one's
mind once the score, its reasons and its bars were shown. Source of the question: Jesus et al., "How can I
choose an explainer?", FAccT 2021; Buçinca et al., "To trust or to think", CSCW 2021.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from fraudkit.domain import Verdict


@dataclass(frozen=True, slots=True)
class Leaned:
    """One case that was shown facts first.

    Parameters
    ----------
    lean
        What the analyst thought before the score was shown.
    verdict
        What the same analyst decided after.
    truth
        What the case turned out to be; None while nobody knows better.
    """

    lean: Verdict
    verdict: Verdict
    truth: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Anchoring:
    """How the score moves people.

    Parameters
    ----------
    cases
        Cases with a lean and a verdict.
    changed
        How many were decided otherwise than leaned; out of unsure is no change of mind.
    settled
        How many went from unsure to fraud or genuine.
    changed_and_known, changed_and_right
        Of the changed ones: how many are known by now, and how many of these were changed to the right side.
    leaned_and_known, lean_right
        Of all leans to either side: how many are known by now, and how many of these were right by the facts
        alone.
    """

    cases: int
    changed: int
    settled: int
    changed_and_known: int
    changed_and_right: int
    leaned_and_known: int
    lean_right: int

    @property
    def changed_share(self) -> float:
        """Share of the cases in which the score changed the mind; NaN without cases."""
        return _share(self.changed, self.cases)

    @property
    def right_share(self) -> float:
        """Share of the changes that were right, of those that are known; NaN without any."""
        return _share(self.changed_and_right, self.changed_and_known)

    @property
    def lean_share(self) -> float:
        """Share of the leans that were right by the facts alone; NaN without any that is known."""
        return _share(self.lean_right, self.leaned_and_known)


def anchoring(cases: Sequence[Leaned]) -> Anchoring:
    """Return how seeing the score changed judgements."""
    sided = [case for case in cases if case.lean != "undetermined"]
    changed = [case for case in sided if case.verdict != case.lean]
    known = [case for case in changed if case.truth in ("fraud", "genuine")]
    leaned_known = [case for case in sided if case.truth in ("fraud", "genuine")]
    return Anchoring(
        cases=len(cases),
        changed=len(changed),
        settled=sum(case.lean == "undetermined" != case.verdict for case in cases),
        changed_and_known=len(known),
        changed_and_right=sum(case.verdict == case.truth for case in known),
        leaned_and_known=len(leaned_known),
        lean_right=sum(case.lean == case.truth for case in leaned_known),
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else math.nan
