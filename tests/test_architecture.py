"""The import rules of the design, the size of files and where SQL and streamlit may live."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fraudkit.config import PROJECT_ROOT

LIMIT_OF_LINES = 400

LAYERS: dict[str, int] = {
    **dict.fromkeys(
        ["words", "errors", "config", "key_file", "domain", "schema", "taxonomy", "workflow", "sql"], 0
    ),
    **dict.fromkeys(["forest", "features", "explain", "evaluate", "charts", "documents", "sample"], 1),
    **dict.fromkeys(["store", "ingest", "registry"], 2),
    **dict.fromkeys(["services", "jobs"], 3),
    **dict.fromkeys(["api", "stream", "spark", "cli", "ui"], 4),
}
"""Imports go downward only: a package may import its own layer and the layers below."""

ONLY_IN: dict[str, tuple[str, ...]] = {
    "duckdb": ("fraudkit/store/",),
    "streamlit": ("fraudkit/ui/", "pages/", "app.py"),
}
PAGES_MAY_IMPORT = ("fraudkit.ui", "fraudkit.services", "streamlit")


def python_files() -> list[Path]:
    roots = ["fraudkit", "pages", "tests", "benchmarks"]
    found = [file for root in roots for file in (PROJECT_ROOT / root).rglob("*.py")]
    return sorted([*found, PROJECT_ROOT / "app.py"])


def product_files() -> list[Path]:
    return [
        file
        for file in python_files()
        if file.relative_to(PROJECT_ROOT).parts[0] not in {"tests", "benchmarks"}
    ]


def imported_modules(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def name_of(file: Path) -> str:
    return file.relative_to(PROJECT_ROOT).as_posix()


def package_of(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if parts[0] == "fraudkit" and len(parts) > 1 else None


@pytest.mark.parametrize("file", python_files(), ids=name_of)
def test_files_are_short(file: Path) -> None:
    lines = len(file.read_text(encoding="utf-8").splitlines())
    assert lines <= LIMIT_OF_LINES, f"{name_of(file)} has {lines} lines; split it by concern"


@pytest.mark.parametrize("file", product_files(), ids=name_of)
def test_imports_go_downward(file: Path) -> None:
    relative = file.relative_to(PROJECT_ROOT)
    if relative.parts[0] != "fraudkit" or (
        relative.stem in {"__init__", "__main__"} and len(relative.parts) == 2
    ):
        return
    own = relative.parts[1].removesuffix(".py")
    assert own in LAYERS, f"say in LAYERS where fraudkit/{own} belongs"
    for module in imported_modules(file):
        package = package_of(module)
        if package in LAYERS:
            assert LAYERS[package] <= LAYERS[own], f"{name_of(file)} imports upward: {module}"


@pytest.mark.parametrize("file", product_files(), ids=name_of)
def test_duckdb_and_streamlit_stay_in_their_rooms(file: Path) -> None:
    for module in imported_modules(file):
        rooms = ONLY_IN.get(module.split(".")[0])
        assert rooms is None or name_of(file).startswith(rooms), f"{name_of(file)} must not import {module}"


@pytest.mark.parametrize(
    "file", [*sorted((PROJECT_ROOT / "pages").glob("*.py")), PROJECT_ROOT / "app.py"], ids=name_of
)
def test_pages_import_services_and_ui_only(file: Path) -> None:
    allowed = (*PAGES_MAY_IMPORT, "__future__")
    for module in imported_modules(file):
        assert module.startswith(allowed), f"{name_of(file)} must not import {module}"


def test_importing_fraudkit_does_not_import_heavy_libraries() -> None:
    heavy = ("shap", "sklearn", "streamlit")
    code = f"import fraudkit.forest, sys; print([name for name in {heavy} if name in sys.modules])"
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT_ROOT
    )
    assert printed.stdout.strip() == "[]"
