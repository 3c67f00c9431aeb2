"""The screens run in this process by AppTest, always entered through app.py, on a portfolio of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from fraudkit.config import PROJECT_ROOT, Settings
from fraudkit.services import starting
from tests import portfolio

Open = Callable[..., AppTest]


@pytest.fixture(scope="session")
def ranked_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return portfolio.build(tmp_path_factory.mktemp("portfolio"))


@pytest.fixture(scope="session", autouse=True)
def _kernels_are_ready() -> None:
    """A first start shows cases without their explanation for a while; that is tested by itself."""
    starting._compile_apart()


@pytest.fixture
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    settings = portfolio.settings_in(tmp_path)
    for name, value in portfolio.environment(settings).items():
        monkeypatch.setenv(name, value)
    st.cache_resource.clear()
    yield settings
    st.cache_resource.clear()


@pytest.fixture
def ranked(own_settings: Settings, ranked_database: Path) -> Settings:
    portfolio.copied(ranked_database, own_settings)
    return own_settings


@pytest.fixture
def open_screen() -> Open:
    def opened(key: str, **query: str) -> AppTest:
        at = AppTest.from_file(str(PROJECT_ROOT / "app.py"), default_timeout=30)
        at.query_params["lang"] = "en"
        at.run()
        at.switch_page(f"pages/{key}.py")
        for name, value in {"lang": "en", **query}.items():
            at.query_params[name] = value
        at.run()
        assert not at.exception, at.exception
        return at

    return opened
