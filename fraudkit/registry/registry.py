"""Writing and reading model versions. A file is parsed only after its digest was found right."""

from __future__ import annotations

import hashlib
import io
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import joblib

from fraudkit.errors import ModelError, NotFoundError
from fraudkit.forest import Forest
from fraudkit.registry.manifest import Manifest
from fraudkit.words import N_

Origin = Literal["bundled", "local"]
ARTIFACT: Final = "forest.joblib"
MANIFEST: Final = "manifest.json"
BUNDLED: Final = "bundled"


@dataclass(frozen=True, eq=False)
class StoredModel:
    """A model version as read from disk."""

    manifest: Manifest
    forest: Forest
    origin: Origin


class Registry:
    """The models that come with fraudkit and those that were trained here.

    Parameters
    ----------
    bundled_folder
        Holds the folder `bundled`.
    local_folder
        Holds one folder for each model trained here, named by its identifier.
    """

    def __init__(self, bundled_folder: Path, local_folder: Path) -> None:
        self.bundled_folder = bundled_folder
        self.local_folder = local_folder

    def manifests(self) -> list[tuple[Origin, Manifest]]:
        """Return the manifests of all models that can be read, the bundled one first; see `damaged`."""
        return [(origin, found) for origin, found in self._examined() if isinstance(found, Manifest)]

    def damaged(self) -> list[ModelError]:
        """Return what is wrong with the models whose manifest cannot be read."""
        return [found for _, found in self._examined() if isinstance(found, ModelError)]

    def bundled_id(self) -> str | None:
        """Return the identifier of the bundled model, or None when there is none."""
        folder = self.bundled_folder / BUNDLED
        return read_manifest(folder).model_id if (folder / MANIFEST).exists() else None

    def bundled(self) -> StoredModel:
        """Return the model that comes with fraudkit.

        Raises
        ------
        NotFoundError
            When there is none.
        ModelError
            When its files were changed since they were written.
        """
        model_id = self.bundled_id()
        if model_id is None:
            raise NotFoundError(
                N_("The bundled model is missing."), N_("Build it: python -m fraudkit train --bundled")
            )
        return self.load(model_id)

    def load(self, model_id: str) -> StoredModel:
        """Return a model.

        Raises
        ------
        NotFoundError
            When there is no such model.
        ModelError
            When its files were changed since they were written.
        """
        for origin, folder in sorted(self._folders(), key=lambda each: each[0] == BUNDLED):
            if origin == BUNDLED or folder.name == model_id:
                manifest = read_manifest(folder)
                if manifest.model_id == model_id:
                    return StoredModel(manifest, read_forest(folder, manifest), origin)
        raise NotFoundError(
            N_("There is no model {model_id}."),
            N_("List the models and name one of them."),
            model_id=model_id,
        )

    def store_local(self, artifact: bytes, manifest: Manifest) -> None:
        """Write a model trained here; the same model twice is one."""
        folder = self.local_folder / manifest.model_id
        if not (folder / MANIFEST).exists():
            write_model(folder, artifact, manifest)

    def store_bundled(self, artifact: bytes, manifest: Manifest) -> Path:
        """Replace the bundled model and return its folder."""
        folder = self.bundled_folder / BUNDLED
        write_model(folder, artifact, manifest)
        return folder

    def _examined(self) -> Iterator[tuple[Origin, Manifest | ModelError]]:
        for origin, folder in self._folders():
            try:
                yield origin, read_manifest(folder)
            except ModelError as error:
                yield origin, error

    def _folders(self) -> Iterator[tuple[Origin, Path]]:
        if (self.bundled_folder / BUNDLED / MANIFEST).exists():
            yield BUNDLED, self.bundled_folder / BUNDLED
        if self.local_folder.is_dir():
            for folder in sorted(self.local_folder.iterdir()):
                if (folder / MANIFEST).exists():
                    yield "local", folder


def dump(forest: Forest) -> bytes:
    """Return the bytes of a forest's artifact: joblib over plain arrays, the same for the same forest."""
    stream = io.BytesIO()
    joblib.dump(forest.to_arrays(), stream, protocol=5)
    return stream.getvalue()


def digest(artifact: bytes) -> str:
    """Return the SHA-256 of an artifact."""
    return hashlib.sha256(artifact).hexdigest()


def write_model(folder: Path, artifact: bytes, manifest: Manifest) -> None:
    """Write both files next to the target and put them in place at once."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".new-") as work:
        fresh = Path(work) / "model"
        fresh.mkdir()
        (fresh / ARTIFACT).write_bytes(artifact)
        (fresh / MANIFEST).write_text(manifest.as_text(), encoding="utf-8")
        if folder.exists():
            shutil.move(folder, Path(work) / "former")
        fresh.replace(folder)


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest in a folder."""
    return Manifest.from_bytes((folder / MANIFEST).read_bytes(), folder.name)


def read_forest(folder: Path, manifest: Manifest) -> Forest:
    """Read the forest in a folder, once its digest is found to be the manifest's.

    Raises
    ------
    ModelError
        When the artifact is missing or its digest is wrong; it is not parsed then.
    """
    path = folder / ARTIFACT
    artifact = path.read_bytes() if path.exists() else b""
    if digest(artifact) != manifest.sha256:
        raise ModelError(
            N_("The file of model {model} is not the one that was written: its digest is wrong."),
            N_("Restore its folder from a backup, or train a new model."),
            model=manifest.model_id,
        )
    arrays: dict[str, Any] = joblib.load(io.BytesIO(artifact))
    return Forest.from_arrays(arrays)
