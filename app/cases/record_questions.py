"""The questions of what can be recorded beside the moves, in the words of a page.

A test holds them complete: every field of a body has its question.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from app.cases.action_questions import WHEN
from app.cases.wording import OPTION_WORDS
from app.edge.questions import Option, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the questions offer that only the database knows: colleagues by e-mail address, organisations by key."""

    colleagues: Sequence[Option] = ()
    organisations: Sequence[Option] = ()
    events: Sequence[Option] = ()
    details: Sequence[Option] = ()
    """Of the one event that is to be corrected: what was written down, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordForm:
    """A page on which something is recorded. `label` is the link to it, `help` says what it is for."""

    label: str
    title: str
    help: str
    button: str
    questions: Callable[[Choices], tuple[Question, ...]]
    shape: Callable[[dict[str, Any]], dict[str, Any]] = lambda answers: answers
    """Puts the answers into the body's fields, where the page asks otherwise than the body is made."""


def _options(**labels: str) -> tuple[Option, ...]:
    return tuple(Option(value=value, label=label) for value, label in labels.items())


def _conversation(_choices: Choices) -> tuple[Question, ...]:
    option = Question(
        name="option",
        kind="select",
        label="What was talked about",
        options=_options(**OPTION_WORDS),
    )
    return (
        Question(
            name="with_whom",
            kind="words",
            label="Who took part?",
            hint="Separate people with a semicolon: the person; their daughter",
        ),
        Question(
            name="what_matters",
            kind="long_text",
            label="What matters to the person?",
            hint="As near as you can in their own words.",
        ),
        Question(
            name="options",
            kind="rows",
            label="What did you talk about, and what came of it?",
            hint="Talk about moving home too: nothing can be recommended until that has been considered.",
            columns=(option, Question(name="outcome", kind="long_text", label="What came of it")),
        ),
        WHEN,
    )


def _contacts(_choices: Choices) -> tuple[Question, ...]:
    return (
        Question(name="with_whom", kind="text", label="With whom?", hint="The person, or who speaks for them."),
        Question(
            name="channel",
            kind="choice",
            label="How?",
            options=_options(
                phone="By telephone",
                visit="At a visit",
                letter="By letter",
                email="By e-mail",
                text="By text message",
                video="By video",
                other="In another way",
            ),
        ),
        Question(name="summary", kind="long_text", label="What was said?"),
        WHEN,
    )


def _notes(_choices: Choices) -> tuple[Question, ...]:
    note = Question(
        name="note",
        kind="long_text",
        label="What should others know?",
        hint="The person may ask to read it. It stays in the journal.",
    )
    return (note, WHEN)


def _consent(_choices: Choices) -> tuple[Question, ...]:
    return (
        Question(
            name="share_with_partners",
            kind="yes_no",
            label="Does the person agree that the partner organisations share what they must to help?",
        ),
        Question(name="recorded_on", kind="date", label="On which day did they say so?"),
        Question(
            name="given_by", kind="text", label="Who said so?", hint="The person, or somebody who may speak for them."
        ),
    )


def _assignment(choices: Choices) -> tuple[Question, ...]:
    return (
        Question(
            name="assigned_to", kind="select", label="Who will work on the case?", options=tuple(choices.colleagues)
        ),
        Question(name="note", kind="text", label="Anything they should know?", required=False),
        WHEN,
    )


def _repeats(_choices: Choices) -> tuple[Question, ...]:
    decision = Question(
        name="decision",
        kind="choice",
        label="Is it the same need?",
        options=(
            Option(value="linked", label="The same need", hint="The two cases are looked at together."),
            Option(value="separate", label="Another need", hint="This case goes on by itself."),
        ),
    )
    return (decision, Question(name="reason", kind="long_text", label="How do you know?"))


def _handover(choices: Choices) -> tuple[Question, ...]:
    return (
        Question(
            name="organisation",
            kind="select",
            label="To which organisation?",
            hint="It can see the case from now on, and holds it once it accepts.",
            options=tuple(choices.organisations),
        ),
        Question(name="reason", kind="long_text", label="Why?"),
        WHEN,
    )


def _handover_answer(_choices: Choices) -> tuple[Question, ...]:
    return (
        Question(
            name="answer",
            kind="choice",
            label="Does your organisation take the case?",
            options=_options(accept="Yes, we take it", decline="No"),
        ),
        Question(name="reason", kind="long_text", label="Why?", hint="Needed if you say no.", required=False),
        WHEN,
    )


def _corrections(choices: Choices) -> tuple[Question, ...]:
    detail = Question(
        name="detail",
        kind="select",
        label="Which detail?",
        options=tuple(choices.details),
        shown_under=("field", "detail"),
    )
    return (
        Question(
            name="sequence", kind="integer", label="Which entry of the journal is wrong?", options=tuple(choices.events)
        ),
        Question(
            name="field",
            kind="choice",
            label="What is wrong?",
            options=(
                Option(value="occurred_at", label="When it happened"),
                Option(value="first_contact_on", label="The day of first contact"),
                *([Option(value="detail", label="Something that was written down")] if choices.details else ()),
            ),
        ),
        *([detail] if choices.details else ()),
        *_should_be(bool(choices.details)),
        Question(name="why", kind="long_text", label="How do you know?", hint="The first entry stays in the journal."),
    )


def _should_be(details: bool) -> Iterator[Question]:  # noqa: FBT001 # whether there are any
    """What it should have been: a time, a day or words, as what is wrong calls for."""
    yield Question(name="now_when", kind="moment", label="When did it happen?", shown_under=("field", "occurred_at"))
    yield Question(name="now_day", kind="date", label="Which day was it?", shown_under=("field", "first_contact_on"))
    if details:
        yield Question(name="now_words", kind="text", label="What should it say?", shown_under=("field", "detail"))


SHOULD_BE: Final = {"occurred_at": "now_when", "first_contact_on": "now_day", "detail": "now_words"}


def _corrected(answers: dict[str, Any]) -> dict[str, Any]:
    """Put what it should have been into the body's one field for it."""
    rest = {name: value for name, value in answers.items() if name not in SHOULD_BE.values()}
    now = answers.get(SHOULD_BE.get(str(answers.get("field")), ""))
    return rest if now is None else {**rest, "now": now}


RECORD_FORMS: Final[Mapping[str, RecordForm]] = MappingProxyType(
    {
        "conversation": RecordForm(
            label="Record a conversation",
            title="Record a Housing Solutions conversation",
            help="What matters to the person, and every way forward that you talked about with them.",
            button="Record the conversation",
            questions=_conversation,
        ),
        "contacts": RecordForm(
            label="Record a contact",
            title="Record a contact",
            help="A call, a visit or a letter: so that a colleague who is asked knows what was said.",
            button="Record the contact",
            questions=_contacts,
        ),
        "notes": RecordForm(
            label="Add a note",
            title="Add a note",
            help="Something that whoever works on this case next should know.",
            button="Add the note",
            questions=_notes,
        ),
        "assignment": RecordForm(
            label="Assign",
            title="Assign the case",
            help="Say who works on it. Whether their training covers the tier is looked at when the assessment starts.",
            button="Assign",
            questions=_assignment,
        ),
        "consent": RecordForm(
            label="Record consent",
            title="Record consent to sharing",
            help="Without the person’s agreement their case stays with the organisation that has it.",
            button="Record the answer",
            questions=_consent,
        ),
        "handover": RecordForm(
            label="Hand over",
            title="Offer the case to another organisation",
            help="You hold the case until they accept. At every moment exactly one organisation holds it.",
            button="Offer the case",
            questions=_handover,
        ),
        "handover-answer": RecordForm(
            label="Answer the handover",
            title="Take the case, or not",
            help="Another organisation has offered you this case.",
            button="Send the answer",
            questions=_handover_answer,
        ),
        "corrections": RecordForm(
            label="Correct an entry",
            title="Correct an entry of the journal",
            help="Nothing is erased: the first entry stays, with what it should have been and why.",
            button="Record the correction",
            questions=_corrections,
            shape=_corrected,
        ),
        "repeats": RecordForm(
            label="Decide on a repeat",
            title="Is it the same need?",
            help="Another case may be about the same person or the same home.",
            button="Record the decision",
            questions=_repeats,
        ),
    }
)
"""In the order in which a case page offers them; keys are those of `app.cases.recording.RECORDINGS`."""
