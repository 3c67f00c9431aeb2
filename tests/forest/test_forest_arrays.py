"""The flattening's invariants, storage as plain arrays, and start-up."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import joblib
import numpy as np
import pytest

from fraudkit.errors import ModelError
from fraudkit.forest import Forest, arrays, warm_up
from fraudkit.forest.kernels import descent, edges, interaction, quadrature, similarity


def test_nodes_are_in_order(forest: Forest) -> None:
    flat = forest.arrays
    inner = ~flat.is_leaf
    assert (flat.left[inner] > np.flatnonzero(inner)).all()
    assert (flat.parent <= np.arange(len(flat.parent))).all()
    assert np.isinf(flat.threshold[flat.is_leaf]).all()
    np.testing.assert_allclose(np.add.reduceat(flat.reach * flat.is_leaf, flat.tree_start[:-1]), 1.0)


def test_path_codes_tell_leaves_apart(forest: Forest) -> None:
    flat = forest.arrays
    for first, last in zip(flat.tree_start[:-1], flat.tree_start[1:], strict=True):
        codes = flat.path_code[first:last][flat.is_leaf[first:last]]
        assert len(np.unique(codes)) == len(codes)


def test_thresholds_are_rounded_down() -> None:
    values = np.concatenate([np.random.default_rng(0).standard_normal(1000), [0.1, -0.1, 0.5, -0.0, 1e-50]])
    rounded = arrays.floor32(values)
    assert (rounded.astype(np.float64) <= values).all()
    assert (np.nextafter(rounded, np.float32(np.inf)).astype(np.float64) > values).all()


def test_too_deep_a_forest_is_refused(model: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrays, "CODE_BITS", 3)
    with pytest.raises(ModelError, match="depth"):
        arrays.flatten(model)


@pytest.mark.parametrize("name", ["forest", "learned"])
def test_round_trip_restores_every_bit(name: str, request: pytest.FixtureRequest, rows: np.ndarray) -> None:
    original: Forest = request.getfixturevalue(name)
    buffer = io.BytesIO()
    joblib.dump(original.to_arrays(), buffer)
    buffer.seek(0)
    restored = Forest.from_arrays(joblib.load(buffer))
    assert restored.feature_names == original.feature_names
    assert restored.settings == original.settings
    assert restored.scale == original.scale
    assert restored.base == original.base
    np.testing.assert_array_equal(restored.reference, original.reference)
    np.testing.assert_array_equal(restored.score(rows), original.score(rows))
    np.testing.assert_array_equal(restored.explain(rows).values, original.explain(rows).values)
    np.testing.assert_array_equal(restored.label_contributions(rows), original.label_contributions(rows))
    again = restored.learn(rows[:9], np.arange(9) % 2)
    np.testing.assert_array_equal(again.score(rows), original.learn(rows[:9], np.arange(9) % 2).score(rows))


def test_stored_forest_is_plain(learned: Forest, tmp_path: Path) -> None:
    stored = learned.to_arrays()
    assert all(type(value) in (np.ndarray, int, float, str) for value in stored.values())
    np.savez(tmp_path / "forest.npz", **stored)
    with np.load(tmp_path / "forest.npz") as archive:  # no pickled objects
        restored = Forest.from_arrays({name: archive[name] for name in archive.files})
    assert restored.settings == learned.settings
    np.testing.assert_array_equal(restored.score(learned.reference), learned.score(learned.reference))


def test_kernels_are_compiled_once_for_all_forests(rows_with_gaps: np.ndarray, learned: Forest) -> None:
    """What `warm_up` compiles is all that any forest needs: 2 where both precisions of TreeSHAP count."""
    warm_up()
    frozen = np.asfortranarray(rows_with_gaps.astype(np.float64))
    frozen.flags.writeable = False
    for forest in (learned, Forest.from_arrays(learned.to_arrays())):
        forest.score(frozen[::2])
        forest.explain(frozen[:9])
        forest.explain(frozen[:9], dtype=np.float32)
        forest.learn(frozen[:9], np.ones(9)).label_contributions(frozen[3:5])
        forest.choose(frozen, 5)
        forest.interactions(frozen[:2])
    compiled = {
        descent.sum_leaf_values: 1,
        descent.find_leaves: 1,
        similarity.add_similarities: 1,
        similarity.spread_masses: 1,
        edges.list_edges: 1,
        quadrature.explain_rows: 2,
        interaction.interact_rows: 1,
    }
    assert {kernel: len(kernel.signatures) for kernel in compiled} == compiled


def test_using_a_stored_forest_imports_neither_shap_nor_scikit_learn() -> None:
    code = (
        "import sys, fraudkit.forest; fraudkit.forest.warm_up();"
        "sys.exit(any(name in sys.modules for name in ('shap', 'sklearn', 'pandas')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
