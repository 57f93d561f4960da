"""What the forms of targets ask, and what is typed there put as the API takes it."""

from collections.abc import Mapping
from typing import Any, Final

from app.edge.questions import Option, Question
from app.kernel.problems import FieldProblem, Unprocessable
from app.reports.target_schemas import FIGURES
from app.reports.target_sheets import RAG, SCOPES

MONTHS: Final = ("April to June", "July to September", "October to December")
BY_RULE: Final = "by_rule"
"""The answer that there is no judgement of one's own: a choice once made could not be taken back without it."""
_LAST: Final = "/trajectory/3"


def options(words: Mapping[str, str]) -> tuple[Option, ...]:
    """Answers to choose from: what is sent, and how it is called."""
    return tuple(Option(value=key, label=label) for key, label in words.items())


AIMED: Final = (
    Question(name="target", kind="number", label="What is aimed at for that year?", hint="A number, such as 42.5."),
    *(
        Question(
            name=f"trajectory.{place}", kind="number", label=f"Where should it be in quarter {place + 1}?",
            hint=f"{months}. Empty in all three for even steps to the year’s target.", required=False,
        )
        for place, months in enumerate(MONTHS)
    ),
)  # fmt: skip
NEW: Final = (
    Question(name="title", kind="text", label="What is aimed at?", hint="In plain words: people wait less."),
    Question(name="measure", kind="select", label="By which measure?"),
    Question(name="figure", kind="select", label="By which of its figures?", options=options(FIGURES)),
    Question(
        name="better", kind="choice", label="What is better?", options=options({"lower": "Lower", "higher": "Higher"})
    ),
    Question(name="scope", kind="choice", label="Of whom?", options=options(SCOPES)),
    Question(
        name="locality", kind="select", label="Which locality?", hint="The beginning of the homes’ postcodes.",
        shown_under=("scope", "locality"),
    ),
    Question(
        name="organisation", kind="select", label="Which organisation?", hint="Cases that it held when they were done.",
        shown_under=("scope", "organisation"),
    ),
    Question(name="officer", kind="email", label="Who answers for it?", hint="Their e-mail address here."),
    Question(name="baseline", kind="number", label="What is it today?", hint="The baseline: a number, such as 60."),
    Question(name="baseline_told", kind="text", label="Of when and of whom is that?"),
    Question(name="year", kind="select", label="For which financial year?"),
    *AIMED,
)  # fmt: skip
WITHDRAWN: Final = (Question(name="reason", kind="long_text", label="Why is it withdrawn?"),)
SAID: Final = (
    Question(name="commentary", kind="long_text", label="What is behind the figure, and what is being done?"),
    Question(
        name="judged", kind="choice", label="Do you judge it otherwise than the rule?", required=False,
        options=(
            Option(value=BY_RULE, label="No, the rule’s judgement stands"),
            *(Option(value=key, label=f"Yes: {RAG[key].lower()}") for key in ("green", "amber", "red")),
        ),
    ),
    Question(name="judged_because", kind="long_text", label="If so, why?", required=False),
)  # fmt: skip


def judgement(answers: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of a quarter as the API takes it: no judgement where the rule's stands."""
    return {name: value for name, value in answers.items() if value != BY_RULE}


def with_quarters(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The three quarters that are asked about with the last, which ends at the year's target; none where all are empty.

    One of them that is empty is no number, and is refused as such beside its field.
    """
    body = dict(answers)
    typed = body.pop("trajectory", None)
    if typed:
        body["trajectory"] = [*(typed.get(str(place), "") for place in range(len(MONTHS))), body.get("target", "")]
    return body


def on_page(wrong: Unprocessable, names: Mapping[str, str]) -> Unprocessable:
    """The same faults where the page asks; the last quarter, which it does not ask about, has those of the target."""
    shown = [
        FieldProblem(names.get(error.pointer, error.pointer), error.message)
        for error in wrong.errors
        if error.pointer != _LAST
    ]
    return Unprocessable(shown)
