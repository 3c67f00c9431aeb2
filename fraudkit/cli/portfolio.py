"""Commands on the portfolio: import, score, queue, explain."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from fraudkit.cli.output import DONE, QUESTION_OPEN, REFUSED, Answer, table, terminal_progress
from fraudkit.cli.session import actor_of, open_workbench
from fraudkit.errors import InvalidInputError
from fraudkit.services import importing, listing, scoring, withdrawing
from fraudkit.words import N_, translate

_STATUS = {"load": DONE, "partial": DONE, "refuse": REFUSED, "ask": QUESTION_OPEN}


def import_extract(arguments: argparse.Namespace) -> Answer:
    """Load a file; an open question ends the command with status 3."""
    language = arguments.language
    with open_workbench(arguments) as workbench:
        result = importing.import_file(
            workbench,
            arguments.file,
            actor_of(arguments),
            answers=_pairs(arguments.answer),
            mapping={source: target or None for source, target in _pairs(arguments.map).items()} or None,
            progress=terminal_progress(language),
        )
    lines = [translate(result.message, language), translate(result.hint, language)]
    for question in result.questions:
        values = " | ".join(option.value for option in question.options) or "…"
        lines.append(f"{translate(question.text, language)}  --answer {question.id}={values}")
        lines.extend(f"    {example}" for example in question.examples)
    return Answer(result.as_json(), [line for line in lines if line], _STATUS[result.outcome])


def withdraw(arguments: argparse.Namespace) -> Answer:
    """Take a batch back as a whole; verdicts on its transactions stay in the ledger."""
    with open_workbench(arguments) as workbench:
        done = withdrawing.withdraw_and_rank(
            workbench, arguments.batch, actor_of(arguments), terminal_progress(arguments.language)
        )
    text = translate(withdrawing.DONE, arguments.language).format(**asdict(done))
    return Answer(done.as_json(), [text])


def score(arguments: argparse.Namespace) -> Answer:
    """Rank all transactions with the active model and raise alerts."""
    with open_workbench(arguments) as workbench:
        workbench.require_transactions()
        report = scoring.rank(workbench, terminal_progress(arguments.language))
    return Answer(report.as_json(), report.sentences(arguments.language))


def queue(arguments: argparse.Namespace) -> Answer:
    """Show the riskiest undecided transactions."""
    if arguments.top < 1:
        raise InvalidInputError(N_("--top must be at least 1."), N_("Give the number of rows that you want."))
    with open_workbench(arguments) as workbench:
        rows = listing.riskiest(workbench, arguments.top, arguments.language)
    header = [("severity", "amount", "transaction", "reasons")]
    body = [
        (f"{row.severity:.2f}", f"{row.amount:.2f}", row.transaction_id, "; ".join(row.reasons))
        for row in rows
    ]
    return Answer([asdict(row) for row in rows], table([*header, *body]))


def explain(arguments: argparse.Namespace) -> Answer:
    """Explain the score of one transaction: base + contributions = score."""
    with open_workbench(arguments) as workbench:
        explanation = scoring.explain(workbench, arguments.transaction_id)
    ordered = sorted(explanation.contributions, key=lambda each: -abs(each.evidence))
    body = [(f"{each.evidence:+.4f}", each.feature, f"{each.value:.6g}") for each in ordered]
    total = (
        f"{explanation.base:+.4f} + {explanation.score - explanation.base:+.4f} = {explanation.score:+.4f}"
    )
    return Answer(explanation.as_json(), [*table(body), total])


def _pairs(texts: list[str]) -> dict[str, str]:
    pairs = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise InvalidInputError(
                N_("“{text}” has no equals sign."), N_("Write it as name=value."), text=text
            )
        pairs[name] = value
    return pairs
