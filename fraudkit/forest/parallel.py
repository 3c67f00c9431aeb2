"""Share rows among threads; the kernels release the interpreter's lock."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray


def run_blocks(work: Callable[[slice], None], rows: int, block: int, threads: int) -> None:
    """Call `work` on consecutive slices of rows, `threads` at a time, cut at multiples of `block`.

    A thread pool, not numba's own threads: those may not be entered by two callers at once.
    """
    blocks = -(-rows // block)
    threads = min(threads, blocks)
    if threads <= 1:
        work(slice(0, rows))
        return
    bounds = [min(rows, block * (blocks * part // threads)) for part in range(threads + 1)]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda part: work(slice(*part)), pairwise(bounds)))


def read_only(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a view that cannot be written to, so that kernels are compiled for one kind of rows only."""
    view = rows.view()
    view.flags.writeable = False
    return view
