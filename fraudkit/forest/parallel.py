"""Share rows among threads; the kernels release the interpreter's lock."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise


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
