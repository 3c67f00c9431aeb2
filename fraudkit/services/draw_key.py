"""The key of the draws of cases: nobody can foretell them, and an auditor can repeat them."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from fraudkit import key_file
from fraudkit.services.workbench import Workbench
from fraudkit.words import N_

_PURPOSE: Final = b"fraudkit draws of quality"


def of_quality(workbench: Workbench) -> bytes:
    """Return the key under which cases are drawn; it follows from the secret of the audit chain."""
    without_it = N_("Restore it from its backup; with another key the audit chain cannot be verified.")
    secret = key_file.load(workbench.settings.audit_key, without_it)
    return hmac.new(secret, _PURPOSE, hashlib.sha256).digest()
