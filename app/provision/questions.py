"""The questions of provision's forms. Each asks for what a body of the API takes; a test holds them complete."""

from collections.abc import Mapping

from app.edge.questions import Option, Question
from app.pathways.catalogue import Catalogue
from app.pathways.survey import SurveyDefinition
from app.provision.marking import USED_AGAIN
from app.provision.schemas import GIVEN_BY, HOW, MARKS


def quote_questions(catalogue: Catalogue) -> tuple[Question, ...]:
    """What a contractor offers."""
    return (
        Question(
            name="contractor",
            kind="text",
            label="Which contractor is the quote from?",
            hint="As you will name them in the order: that is how the order finds its quote.",
        ),
        Question(name="amount", kind="money", label="How much is it for?", hint="In pounds and pence, with VAT."),
        Question(
            name="items",
            kind="many",
            label="What is it for?",
            options=tuple(Option(value=key, label=item.label) for key, item in catalogue.items.items()),
        ),
        Question(name="received_on", kind="date", label="When did it come?"),
        Question(
            name="valid_until",
            kind="date",
            label="Until when does it hold?",
            hint="Leave it empty if the quote does not say.",
            required=False,
        ),
        Question(
            name="document",
            kind="text",
            label="What is its number or reference?",
            required=False,
        ),
    )


def survey_questions(survey: SurveyDefinition) -> tuple[Question, ...]:
    """The survey's own questions, then who answered and how."""
    asked = tuple(
        Question(
            name=f"answers.{key}",
            kind="choice" if question.answers else "long_text",
            label=question.label,
            hint=question.hint,
            required=question.required,
            options=_options(question.answers or {}),
        )
        for key, question in survey.questions.items()
    )
    return (
        *asked,
        Question(name="given_by", kind="choice", label="Who answered?", options=_options(GIVEN_BY)),
        Question(name="how", kind="choice", label="How?", options=_options(HOW)),
        Question(name="answered_on", kind="date", label="When?"),
    )


def mark_questions(*, reusable: bool) -> tuple[Question, ...]:
    """What has become of an adaptation; what stays with the home cannot be used again elsewhere."""
    offered = {mark: label for mark, label in MARKS.items() if reusable or mark not in USED_AGAIN}
    return (
        Question(name="mark", kind="choice", label="What has become of it?", options=_options(offered)),
        Question(name="marked_on", kind="date", label="When was that seen?"),
        Question(
            name="note",
            kind="long_text",
            label="What should the next person know?",
            hint="For example where it is kept. Leave names out: your own organisation reads this, and whoever may see"
            " the case it came from.",
            required=False,
        ),
    )


def _options(labels: Mapping[str, str]) -> tuple[Option, ...]:
    return tuple(Option(value=value, label=label) for value, label in labels.items())
