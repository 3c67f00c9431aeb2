"""Models on disk: what was written is read, what was changed is refused before it is parsed."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import joblib
import numpy as np
import pytest

from fraudkit.errors import ModelError, NotFoundError
from fraudkit.forest import Forest
from fraudkit.registry import Manifest, Registry
from fraudkit.registry.manifest import library_versions
from fraudkit.registry.registry import ARTIFACT, MANIFEST, digest, dump


@pytest.fixture(scope="module")
def forest() -> Forest:
    X = np.random.default_rng(0).normal(size=(500, 3))
    return Forest.fit(X, ["a", "b", "c"], n_estimators=5, max_samples=64)


def manifest_of(artifact: bytes) -> Manifest:
    sha256 = digest(artifact)
    return Manifest(
        model_id=f"forest-{sha256[:10]}",
        sha256=sha256,
        features=("a", "b", "c"),
        parameters={"n_estimators": 5},
        rows=500,
        trained_from_us=0,
        trained_to_us=1,
        last_position=500,
        ledger_position=0,
        libraries=library_versions(),
        score_quantiles=(0.0, 1.0),
        feature_bins={},
        figures={"average_precision": 0.5},
    )


@pytest.fixture
def registry(tmp_path: Path, forest: Forest) -> Registry:
    found = Registry(tmp_path / "models", tmp_path / "local")
    artifact = dump(forest)
    found.store_bundled(artifact, manifest_of(artifact))
    return found


def test_what_was_written_is_read(registry: Registry, forest: Forest) -> None:
    stored = registry.bundled()
    X = np.random.default_rng(1).normal(size=(50, 3))
    np.testing.assert_array_equal(stored.forest.score(X), forest.score(X))
    assert stored.origin == "bundled"
    assert stored.manifest == manifest_of(dump(forest))
    assert registry.load(stored.manifest.model_id).manifest == stored.manifest


def test_the_same_forest_gives_the_same_bytes() -> None:
    X = np.random.default_rng(0).normal(size=(500, 3))
    first, second = (dump(Forest.fit(X, ["a", "b", "c"], n_estimators=5)) for _ in range(2))
    assert first == second


def test_a_flipped_bit_is_refused_before_the_file_is_parsed(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parsed(*_: object) -> None:
        pytest.fail("a file with a wrong digest was parsed")

    path = registry.bundled_folder / "bundled" / ARTIFACT
    whole = path.read_bytes()
    monkeypatch.setattr(joblib, "load", parsed)
    monkeypatch.setattr(pickle, "load", parsed)
    draw = np.random.default_rng(7)
    for bit in draw.choice(len(whole) * 8, 100, replace=False):
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << (bit % 8)
        path.write_bytes(changed)
        with pytest.raises(ModelError, match="digest is wrong"):
            registry.bundled()


def test_a_flipped_bit_of_the_manifest_is_refused(registry: Registry) -> None:
    path = registry.bundled_folder / "bundled" / MANIFEST
    whole = path.read_bytes()
    draw = np.random.default_rng(8)
    for bit in draw.choice(len(whole) * 8, 100, replace=False):
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << (bit % 8)
        path.write_bytes(changed)
        try:
            registry.bundled()
        except ModelError:
            continue
        assert changed.split() == whole.split(), "a change of the content was not seen"


def test_a_missing_artifact_is_refused(registry: Registry) -> None:
    (registry.bundled_folder / "bundled" / ARTIFACT).unlink()
    with pytest.raises(ModelError):
        registry.bundled()


def test_a_model_that_is_not_there_is_named(registry: Registry, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="forest-0"):
        registry.load("forest-0")
    with pytest.raises(NotFoundError):
        Registry(tmp_path / "none", tmp_path / "none").bundled()


def test_local_models_are_listed_after_the_bundled_one(registry: Registry) -> None:
    X = np.random.default_rng(3).normal(size=(300, 3))
    artifact = dump(Forest.fit(X, ["a", "b", "c"], n_estimators=3))
    manifest = manifest_of(artifact)
    registry.store_local(artifact, manifest)
    registry.store_local(artifact, replace(manifest, figures={}))
    assert [origin for origin, _ in registry.manifests()] == ["bundled", "local"]
    assert registry.load(manifest.model_id).manifest.figures == manifest.figures


def test_replacing_the_bundled_model_leaves_one(registry: Registry, forest: Forest) -> None:
    artifact = dump(forest)
    registry.store_bundled(artifact, replace(manifest_of(artifact), rows=7))
    assert registry.bundled().manifest.rows == 7
    assert [path.name for path in registry.bundled_folder.iterdir()] == ["bundled"]


def test_one_damaged_model_does_not_hide_the_others(registry: Registry) -> None:
    X = np.random.default_rng(3).normal(size=(300, 3))
    artifact = dump(Forest.fit(X, ["a", "b", "c"], n_estimators=3))
    local = manifest_of(artifact)
    registry.store_local(artifact, local)
    assert registry.damaged() == []
    (registry.bundled_folder / "bundled" / MANIFEST).write_text("{}", encoding="utf-8")
    assert [manifest.model_id for _, manifest in registry.manifests()] == [local.model_id]
    assert [error.values["model"] for error in registry.damaged()] == ["bundled"]
    assert registry.load(local.model_id).manifest == local
    with pytest.raises(ModelError):
        registry.bundled()
