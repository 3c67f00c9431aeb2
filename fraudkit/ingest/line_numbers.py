"""Line numbers of converted files: each row keeps the number of its line or row in the file as it came."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

Shifts = tuple[tuple[int, int], ...]
"""From which line of the converted file on, and by how much its lines differ from the original's."""

_BREAK: Final = re.compile(r"\r\n|\r|\n")


class LineNumbers:
    """Follows the lines of a converted file while it is written."""

    def __init__(self) -> None:
        self._next = 1
        self._shifts: list[tuple[int, int]] = []

    @property
    def shifts(self) -> Shifts:
        """Return where the difference between both files changes; nothing when there is none."""
        return tuple(self._shifts)

    def wrote(self, cells: Sequence[str], original: int) -> None:
        """Note that a row was written that stands at some line of the original."""
        shift = original - self._next
        if shift != (self._shifts[-1][1] if self._shifts else 0):
            self._shifts.append((self._next, shift))
        self._next += 1 + sum(len(_BREAK.findall(cell)) for cell in cells if "\n" in cell or "\r" in cell)


def original(lines: npt.NDArray[np.int64], shifts: Shifts) -> npt.NDArray[np.int64]:
    """Return the lines in the file as it came."""
    if not shifts:
        return lines
    begins, by = np.array(shifts, np.int64).T
    place = np.searchsorted(begins, lines, side="right") - 1
    return np.where(place < 0, lines, lines + by[np.maximum(place, 0)])


def converted(lines: npt.NDArray[np.int64], shifts: Shifts) -> npt.NDArray[np.int64]:
    """Return the lines in the converted file of lines in the file as it came."""
    if not shifts:
        return lines
    begins, by = np.array(shifts, np.int64).T
    place = np.searchsorted(begins + by, lines, side="right") - 1
    return np.where(place < 0, lines, lines - by[np.maximum(place, 0)])
