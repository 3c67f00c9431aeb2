"""The model screen: what ranks now, how it fits the data, training, versions side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from fraudkit.charts.distribution import score_distribution
from fraudkit.domain import Progress
from fraudkit.errors import FraudkitError
from fraudkit.explain.formats import Formats
from fraudkit.features.catalog import FEATURE_BY_NAME
from fraudkit.registry import Manifest
from fraudkit.services import context, history, refreshing, scoring, training
from fraudkit.services.scoring import FitReport
from fraudkit.services.training import ModelRow
from fraudkit.taxonomy import VERDICT_LABELS
from fraudkit.ui import html, navigation, text, work
from fraudkit.ui.shell import Page
from fraudkit.words import N_

TRAINING: Final = "train"
ACTIVATION: Final = "activate"
MODERATE: Final = 0.1
SHIFTED: Final = 0.25
"""Population stability index from which a shift is called moderate, and large (Siddiqi, 2006)."""

FIGURE_LABELS: Final[dict[str, str]] = {
    "rows": N_("Transactions trained on"),
    "known_frauds": N_("Known frauds"),
    "later_rows": N_("Later transactions it was measured on"),
    "later_frauds": N_("Frauds among them"),
    "average_precision": N_("Average precision on later frauds"),
    "average_precision_learned": N_("The same with the verdicts learned"),
    "precision_at_capacity": N_("Share of fraud in a full queue"),
    "agreement": N_("Rank agreement with the model in use"),
    "shared_alerts": N_("Alerts shared with the model in use"),
    "largest_psi": N_("Largest shift against the model in use"),
}
_COUNTS: Final = frozenset({"rows", "known_frauds", "later_rows", "later_frauds"})
_SHARES: Final = frozenset({"precision_at_capacity", "shared_alerts"})


def active(page: Page) -> str | None:
    """Draw the model that ranks now; return its identifier, or None when none can be loaded."""
    st.subheader(page.words(N_("Model in use")), anchor=False)
    try:
        manifest = scoring.active_model(page.workbench).manifest
    except FraudkitError as error:
        message, hint = error.localised(page.formats.language)
        st.warning(hint or message, title=message if hint else None)
        return None
    html.show(html.facts(_card(page, manifest)))
    return manifest.model_id


def _card(page: Page, manifest: Manifest) -> list[tuple[str, str]]:
    formats = page.formats
    parameters = formats.words(
        N_("Isolation Forest, {trees} trees of {samples} samples, seed {seed}"),
        trees=formats.number(manifest.parameters["n_estimators"]),
        samples=formats.number(manifest.parameters["max_samples"]),
        seed=manifest.parameters["random_state"],
    )
    window = formats.words(
        N_("{rows} transactions from {first} to {last}"),
        rows=formats.number(manifest.rows),
        first=page.day(manifest.trained_from_us),
        last=page.day(manifest.trained_to_us),
    )
    return [
        (formats.words(N_("Model")), manifest.model_id),
        (formats.words(N_("Kind")), parameters),
        (formats.words(N_("Trained on")), window),
        (
            formats.words(N_("Features")),
            ", ".join(text.feature_label(name, formats) for name in manifest.features),
        ),
        ("SHA-256", manifest.sha256),
        (
            formats.words(N_("Libraries")),
            ", ".join(f"{name} {version}" for name, version in manifest.libraries.items()),
        ),
    ]


def fit(page: Page) -> None:
    """Draw how the data at hand compare with what the model was trained on."""
    report = scoring.fit_report(page.workbench)
    if report is None:
        return
    st.subheader(page.words(N_("Fit to these data")), anchor=False)
    sentence = report.text(page.formats.language)
    if report.far:
        st.warning(sentence)
    else:
        html.show(html.line(sentence))
    if report.psi or report.missing:
        heads = [page.words(N_("Feature")), page.words(N_("Stability index")), ""]
        html.show(html.table(heads, _fit_rows(page, report), numbers=[1]))


def fit_notice(page: Page) -> None:
    """Say in one line that the data are far from what the model knows, and offer to train on them."""
    report = scoring.fit_report(page.workbench)
    if report is None or not report.far:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="fit-notice"):
        html.show(html.line(report.text(page.formats.language)))
        if st.button(page.words(N_("Train on these data")), key="train-from-queue"):
            _train(page)
            navigation.go("model")


def _fit_rows(page: Page, report: FitReport) -> list[tuple[str, str, str]]:
    formats = page.formats
    rows = [
        (text.feature_label(name, formats), formats.fixed(value, 3), page.words(_shift(value)))
        for name, value in sorted(report.psi.items(), key=lambda item: -item[1])
    ]
    absent = page.words(N_("missing in these data"))
    return [(text.feature_label(name, formats), text.EMPTY, absent) for name in report.missing] + rows


def _shift(value: float) -> str:
    if value > SHIFTED:
        return N_("distributed differently")
    return N_("somewhat shifted") if value > MODERATE else N_("as in training")


def spread(page: Page) -> None:
    """Draw how scores are spread, with the line of the queue."""
    bins = history.score_bins(page.workbench)
    if not bins:
        return
    line = history.line_score(page.workbench)
    st.subheader(page.words(N_("Scores of the last ranking")), anchor=False)
    st.plotly_chart(
        score_distribution(
            bins, page.colours, page.formats, line=line, line_text=page.words(N_("line of the queue"))
        ),
        key="spread",
        config={"displayModeBar": False},
        alt=page.words(N_("How many transactions have which score")),
    )


def labels(page: Page) -> None:
    """Draw how many verdicts there are to learn from."""
    st.subheader(page.words(N_("Verdicts so far")), anchor=False)
    counts = context.label_counts(page.workbench)
    if not counts:
        html.show(html.quiet(page.words(N_("None yet: the ranking is the forest's own."))))
        return
    formats = page.formats
    rows = [
        (
            page.words(VERDICT_LABELS[row.verdict]),
            page.words(SOURCE_LABELS[row.is_own]),
            formats.number(row.count),
        )
        for row in counts
    ]
    heads = [page.words(N_("Verdict")), page.words(N_("Source")), page.words(N_("Transactions"))]
    html.show(html.table(heads, rows, numbers=[2]))
    html.show(
        html.quiet(
            page.words(
                N_("Verdicts given here move the ranking at once; reports from outside feed the features.")
            )
        )
    )


SOURCE_LABELS: Final = {True: N_("given here"), False: N_("known from outside")}


def trainer(page: Page) -> None:
    """Draw the button that trains, and the progress of work on models."""
    busy = work.running(page, TRAINING) is not None or work.running(page, ACTIVATION) is not None
    st.subheader(page.words(N_("Train")), anchor=False)
    html.show(
        html.quiet(
            page.words(
                N_("A new version is fitted on all transactions here. It ranks once a person activates it.")
            )
        )
    )
    work.button(page, N_("Train on these data"), "train", lambda: _train(page), busy=busy, primary=True)
    for kind in (TRAINING, ACTIVATION):
        work.follow(page, kind)


def _train(page: Page) -> None:
    def run(progress: Progress) -> object:
        return training.train(page.workbench, page.actor, progress)

    page.workbench.jobs.submit(TRAINING, run)


def versions(page: Page) -> None:
    """Draw all versions with their figures side by side, and let a person activate one."""
    rows = training.models(page.workbench)
    st.subheader(page.words(N_("Versions")), anchor=False)
    html.show(_comparison(page, rows))
    others = [row for row in rows if not row.is_active]
    if not others:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            page.words(N_("Version to activate")),
            [row.model_id for row in reversed(others)],
            key="version",
            width=260,
        )
        if st.button(
            page.words(N_("Activate")), key="activate", disabled=work.running(page, ACTIVATION) is not None
        ):
            confirm_activation(page, chosen)


def _comparison(page: Page, rows: Sequence[ModelRow]) -> str:
    formats = page.formats
    origin = {"bundled": N_("comes with fraudkit"), "local": N_("trained here")}
    heads = ["", *[row.model_id for row in rows]]
    body = [
        (
            page.words(N_("State")),
            *[page.words(N_("in use") if row.is_active else N_("stored")) for row in rows],
        ),
        (page.words(N_("Origin")), *[page.words(origin[row.origin]) for row in rows]),
        (page.words(N_("Trained until")), *[page.day(row.trained_to_us) for row in rows]),
        (page.words(N_("Features")), *[formats.number(len(row.features)) for row in rows]),
    ]
    body += [
        (page.words(label), *[_figure(name, row.figures.get(name), formats) for row in rows])
        for name, label in FIGURE_LABELS.items()
        if any(name in row.figures for row in rows)
    ]
    return html.table(heads, body, numbers=range(1, len(heads)))


def _figure(name: str, value: float | None, formats: Formats) -> str:
    if value is None:
        return text.EMPTY
    if name in _COUNTS:
        return formats.number(value)
    return formats.percent(value, 1) if name in _SHARES else formats.fixed(value, 3)


def confirm_activation(page: Page, model_id: str) -> None:
    """Ask once more before another model ranks the queue."""

    @st.dialog(page.words(N_("Activate {model_id}?"), model_id=model_id))
    def ask() -> None:
        st.write(
            page.words(
                N_("It ranks all transactions anew, with every verdict learned. Cases and verdicts stay.")
            )
        )
        if st.button(page.words(N_("Activate")), type="primary", key="activate-now"):
            _activate(page, model_id)
            st.rerun()

    ask()


def _activate(page: Page, model_id: str) -> None:
    def run(progress: Progress) -> None:
        training.activate(page.workbench, model_id, page.actor, progress)
        refreshing.after_ranking(page.workbench)

    page.workbench.jobs.submit(ACTIVATION, run)


def feature_list(page: Page) -> None:
    """Draw what each feature means, on demand."""
    folded = st.expander(page.words(N_("What the features mean")), on_change="rerun", key="meanings")
    if folded.open:
        with folded:
            html.show(
                html.facts(
                    (page.words(feature.label), page.words(feature.meaning))
                    for feature in FEATURE_BY_NAME.values()
                )
            )
