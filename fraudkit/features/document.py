"""The page of features, written from the declarations: `python -m fraudkit.features.document`."""

from __future__ import annotations

from typing import Final

from fraudkit.config import PROJECT_ROOT
from fraudkit.features.catalog import DEFAULT_FEATURES, FEATURES
from fraudkit.features.spec import ENTITY_COLUMNS, FeatureSpec

_HEAD: Final = """# Features

Written from the declarations in `fraudkit/features/catalog.py`; do not edit by hand.

Every window ends one microsecond before the transaction: the transaction itself, others of the same instant
and all later ones never count. Amounts are magnitudes in the base currency; where a currency has no rate,
they are missing. A feature whose columns an extract lacks is missing, which the forest allows for.

**Late labels.** Risk features count a fraud from `label_known_at` on (the file's date, else the time of the
transaction + 7 days), against the transactions that were seven days old by then: one delay, not two. With the
default delay this is the terminal risk of the Fraud Detection Handbook, chapter 3.

**Entities.** The first column that a row has names its entity:
"""


def features_page() -> str:
    """Return the page as Markdown."""
    entities = "\n".join(
        f"- {name}: {', '.join(f'`{column}`' for column in columns)}"
        for name, columns in ENTITY_COLUMNS.items()
    )
    rows = "\n".join(_row(spec) for spec in FEATURES)
    table = f"| feature | default | meaning | unit | needs |\n|---|---|---|---|---|\n{rows}"
    return f"{_HEAD}\n{entities}\n\n{table}\n\n## Reasons\n\n{_reasons()}\n"


def _row(spec: FeatureSpec) -> str:
    needs = "; ".join(" or ".join(f"`{column}`" for column in group) for group in spec.needs)
    default = "yes" if spec.name in DEFAULT_FEATURES else ""
    return f"| `{spec.name}` | {default} | {spec.meaning} | {spec.unit} | {needs} |"


def _reasons() -> str:
    return "\n".join(f"- `{spec.name}`: {spec.reason_high} / {spec.reason_low}" for spec in FEATURES)


if __name__ == "__main__":
    (PROJECT_ROOT / "docs" / "features.md").write_text(features_page(), encoding="utf-8")
