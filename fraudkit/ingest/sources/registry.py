"""Every kind of source by its name in `sources.toml`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from fraudkit.errors import InvalidInputError
from fraudkit.ingest.sources.base import Source
from fraudkit.ingest.sources.databases import DatabaseSource
from fraudkit.ingest.sources.inbox import InboxSource
from fraudkit.ingest.sources.interface import InterfaceSource
from fraudkit.ingest.sources.objects import ObjectSource
from fraudkit.ingest.sources.settings import SourceSettings
from fraudkit.words import N_

KINDS: Final[dict[str, Callable[[SourceSettings], Source]]] = {
    "postgresql": DatabaseSource,
    "mysql": DatabaseSource,
    "s3": ObjectSource,
    "http": InterfaceSource,
    "inbox": InboxSource,
}


def open_source(settings: SourceSettings) -> Source:
    """Build a source from its settings.

    Raises
    ------
    InvalidInputError
        When its kind is not known or its options are wrong.
    """
    if settings.kind not in KINDS:
        raise InvalidInputError(
            N_("Source “{name}”: there is no kind “{kind}”."),
            N_("The kinds are: {kinds}."),
            name=settings.name,
            kind=settings.kind,
            kinds=", ".join(KINDS),
        )
    return KINDS[settings.kind](settings)
