"""How alike a labelled case must be to say something about another one.

    python -m benchmarks.nearest [DATABASE]

Of the riskiest transactions every second one is labelled by the truth, and the others are looked up among
them, as an analyst does halfway through a queue. Printed is, by similarity of the nearest labelled one, how
often its verdict is the transaction's own, how often the majority of those as alike is right, and how often
the commoner verdict of all labelled ones is. Without a database, the bundled sample and its truth.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import itertools
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fraudkit.config import Settings
from fraudkit.features import features_named
from fraudkit.forest import Forest
from fraudkit.services import sampling
from fraudkit.services.scoring import active_model
from fraudkit.services.workbench import Workbench
from fraudkit.store import feature_rows

BANDS = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0001)
RISKIEST, NEIGHBOURS = 1_000, 10


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database", type=Path, nargs="?")
    given = parser.parse_args().database
    with tempfile.TemporaryDirectory() as folder:
        settings = _settings(Path(folder), given)
        workbench = Workbench.open_file(settings, settings.database)
        forest, X, is_fraud = _rows(workbench, None if given else settings.sample_truth)
        workbench.close()
    riskiest = np.argsort(-forest.score(X, 2), kind="stable")[:RISKIEST]
    labelled, asked = riskiest[::2], riskiest[1::2]
    print(f"{len(X):,} transactions, {int(is_fraud.sum()):,} frauds; {len(labelled)} labelled, ", end="")
    print(f"{int(is_fraud[labelled].sum())} of them fraud; {len(asked):,} looked up")
    _table(forest.similarity(X[asked], X[labelled], 2), is_fraud[labelled], is_fraud[asked])


def _settings(folder: Path, given: Path | None) -> Settings:
    settings = replace(
        Settings(),
        database=given or folder / "sample.duckdb",
        sample_database=folder / "sample.duckdb",
        local_models=folder / "models",
        upload_folder=folder / "uploads",
        audit_key=folder / "audit.key",
        card_key=folder / "card.key",
    )
    if given is None:
        sampling.prepare(settings)
    return settings


def _rows(workbench: Workbench, truth: Path | None) -> tuple[Forest, NDArray[np.float32], NDArray[np.bool_]]:
    model = active_model(workbench)
    with workbench.database.read() as cursor:
        available = feature_rows.available_columns(cursor)
        specs = features_named(model.manifest.features)
        matrix = feature_rows.matrix(cursor, specs, available, workbench.settings.base_currency)
        ids = cursor.numpy("SELECT transaction_id FROM transactions ORDER BY position")["transaction_id"]
        known = {row["transaction_id"] for row in cursor.rows("SELECT transaction_id FROM known_fraud")}
    if truth is not None:
        with gzip.open(truth, "rt", encoding="utf-8") as stream:
            known = {row["transaction_id"] for row in csv.DictReader(stream)}
    return model.forest, matrix.X, np.isin(ids.astype(str), list(known))


def _table(similarity: NDArray[np.float64], labels: NDArray[np.bool_], truth: NDArray[np.bool_]) -> None:
    order = np.argsort(-similarity, axis=1, kind="stable")[:, :NEIGHBOURS]
    closest = np.take_along_axis(similarity, order, axis=1)
    commoner = truth == (labels.mean() > 0.5)
    print(
        f"{'similarity':>12}{'asked':>8}{'fraud':>8}{'nearest':>9}{'majority':>10}{'commoner':>10}{'alike':>7}"
    )
    for low, high in itertools.pairwise(BANDS):
        inside = (closest[:, 0] >= low) & (closest[:, 0] < high)
        if inside.any():
            alike = closest[inside] >= low
            votes = np.where(alike, labels[order[inside]], np.nan)
            majority = np.nanmean(votes, axis=1) > 0.5
            shares = [
                truth[inside].mean(),
                (labels[order[inside, 0]] == truth[inside]).mean(),
                (majority == truth[inside]).mean(),
                commoner[inside].mean(),
            ]
            cells = "".join(
                f"{share:{width}.0%}" for share, width in zip(shares, (8, 9, 10, 10), strict=True)
            )
            print(
                f"{low:6.1f}…{min(high, 1):4.1f}{int(inside.sum()):9}{cells}{alike.sum(axis=1).mean():7.1f}"
            )


if __name__ == "__main__":
    main()
