"""Security codes, PINs and magnetic stripes of cards: they may be kept nowhere, not even encrypted.

PCI DSS 4.0.1, requirement 3.3. A column of them is left out, and blanked in the raw text of rejected rows.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from typing import Final

from fraudkit.schema import normalised_name

BLANKED: Final = "•••"
CERTAIN_SHARE: Final = 0.9

_CERTAIN_NAMES: Final = (
    "cvv cvv2 cvvcode cvvnumber cvc cvc2 cav cav2 csc cvn cardcvv cardcvc cardverificationvalue "
    "cardverificationcode cardsecuritycode securitycode codigodeseguridad codigoseguridad codseguridad "
    "codigocvv codigocvc codigoverificacion codigodeverificacion pinblock bloquepin bloquedepin cardpin "
    "pintarjeta clavesecreta clavetarjeta clavecajero clavedecajero track track1 track2 trackdata track1data "
    "track2data pista1 pista2 datospista bandamagnetica datosbanda magstripe magneticstripe"
)
_PROBABLE_NAMES: Final = "cid pin nip pincode verificationcode codverificacion"
_CERTAIN: Final = frozenset(_CERTAIN_NAMES.split())
"""Names, without case and punctuation, that say it by themselves."""
_PROBABLE: Final = frozenset(_PROBABLE_NAMES.split())
"""Names that other things bear as well; their values decide."""
_CODE: Final = re.compile(r"[0-9]{3,6}(?:\.0)?|[0-9A-Fa-f]{16}")
_STRIPE: Final = re.compile(r"[%;]?\s*[Bb]?[0-9]{12,19}(?:[=D][0-9]{7}|\^[^^]{2,26}\^[0-9]{7})")


def is_secret(name: str, values: Sequence[str | None]) -> bool:
    """Tell a column of security codes, PINs or stripes by its name and its values."""
    names = {normalised_name(name), normalised_name(re.sub(r"_\d+$", "", name))}
    if names & _CERTAIN:
        return True
    filled = [value.strip() for value in values if value and value.strip()]
    if not filled:
        return False
    expected = _CODE if names & _PROBABLE else None
    codes = sum(expected.fullmatch(value) is not None for value in filled) if expected else 0
    stripes = sum(_STRIPE.match(value) is not None for value in filled)
    return max(codes, stripes) >= CERTAIN_SHARE * len(filled)


def blanked(raw: str, names: Sequence[str], secret: Sequence[int], delimiter: str | None, quote: str) -> str:
    """Return the raw text of a row without the values of its secret columns.

    Parameters
    ----------
    raw
        One row as it stands in the file.
    names
        The columns of the file.
    secret
        Places of the columns that may not be kept.
    delimiter, quote
        How the file is written; None for rows that are JSON objects.

    A row with another number of values than the header tells no column: all that could be a code goes.
    """
    if delimiter is None:
        return _blanked_object(raw, {names[place] for place in secret})
    cells = next(csv.reader(io.StringIO(raw, newline=""), delimiter=delimiter, quotechar=quote), [])
    if len(cells) != len(names):
        edge = f"[^{re.escape(delimiter)}\\s\"']"
        return re.sub(f"(?<!{edge})(?:[0-9]{{3,6}}|[0-9A-Fa-f]{{16}})(?!{edge})", BLANKED, raw)
    kept = [BLANKED if place in secret and cell else cell for place, cell in enumerate(cells)]
    if kept == cells:
        return raw
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter, quotechar=quote, lineterminator="\n").writerow(kept)
    return line.getvalue()[:-1]


def _blanked_object(raw: str, secret: set[str]) -> str:
    try:
        record = json.loads(raw)
    except ValueError:
        return BLANKED if raw else raw
    if not isinstance(record, dict):
        return raw
    kept = {name: BLANKED if name in secret and value else value for name, value in record.items()}
    return json.dumps(kept, ensure_ascii=False)
