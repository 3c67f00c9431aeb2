"""No log holds a whole card number: every record of this process is masked when it is made."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from fraudkit.ingest.card_key import load_key
from fraudkit.ingest.card_numbers import mask_text

_make_record: Final[Callable[..., logging.LogRecord]] = logging.getLogRecordFactory()


def install(card_key: Path) -> None:
    """Mask the card numbers of all records from now on, message and traceback alike."""
    key = load_key(card_key)

    def masked_record(*arguments: Any, **options: Any) -> logging.LogRecord:
        return _masked(_make_record(*arguments, **options), key)

    logging.setLogRecordFactory(masked_record)


def _masked(record: logging.LogRecord, key: bytes) -> logging.LogRecord:
    try:
        message = record.getMessage()
    except (
        TypeError,
        ValueError,
    ):  # arguments that do not fit are told by the handler, which logs none of them
        return record
    masked = mask_text(message, key)
    if masked != message:
        record.msg, record.args = masked, None
    if record.exc_info and record.exc_info[0] is not None:
        text = "".join(traceback.format_exception(*record.exc_info)).rstrip()
        masked = mask_text(text, key)
        if masked != text:
            record.exc_info, record.exc_text = None, masked
    return record
