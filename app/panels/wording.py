"""What panels' records say, in words."""

from collections.abc import Mapping
from typing import Final

EFFECTS: Final[Mapping[str, str]] = {
    "stays": "Stays, and takes part in the decision",
    "speaks_only": "Speaks, and has no part in the decision",
    "leaves": "Leaves, and sees nothing of the case from now on",
}
SECTORS: Final[Mapping[str, str]] = {
    "health": "Health",
    "social_care": "Social care",
    "housing": "Housing",
    "third_sector": "Third sector",
    "other": "Other",
}
DECISIONS: Final[Mapping[str, str]] = {
    "agreed": "Agreed",
    "agreed_with_conditions": "Agreed with conditions",
    "deferred": "Deferred",
    "refused": "Refused",
    "rehouse": "Rehousing recommended",
    "referred_on": "Referred on",
    "withdrawn": "Taken off the agenda",
    "moved": "Moved to another meeting",
}
CHOICES: Final[Mapping[str, tuple[str, str]]] = {
    "agree": ("Agree", "All partners agree on a solution."),
    "agree_with_conditions": (
        "Agree with conditions",
        "All partners agree, and somebody has to meet conditions by a day.",
    ),
    "rehouse": ("Recommend rehousing", "The panel finds that moving is the better way."),
    "refuse": ("Refuse", "Nothing more can be offered. The person will read why, and may appeal."),
    "defer": ("Defer", "The panel needs to know more before it can decide."),
    "refer_on": ("Refer on", "Another body has to look at it first."),
}
"""What can be decided: the button, and what it means."""
KINDS: Final[Mapping[str, str]] = {"condition": "Condition", "action": "Action", "information": "Asked for"}
OUTCOMES: Final[Mapping[str, str]] = {"done": "Done", "not_met": "Not met", "dropped": "Not needed any more"}
SUBSTITUTION: Final = {
    "nobody": "Nobody",
    "named": "Whoever was named for the member",
    "organisation": "Anybody of the member’s organisation who is a panel member by role",
}
ASSENT_RULES: Final = {
    "every_partner_agrees": "Every partner has to agree",
    "every_partner_answers": "Every partner has to answer; dissent stands on record",
}
CORRESPONDENCE: Final = {"never": "No", "fast_track": "Yes, cases on a fast track"}
SEAT_CHANGES: Final = {
    "replace": "Somebody else takes the seat",
    "name": "Name somebody who may sit for the member",
    "unname": "Somebody sits for the member no longer",
    "end": "The membership ends today",
}
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEKS: Final = {"1": "The first", "2": "The second", "3": "The third", "4": "The fourth", "5": "The last"}
GROUNDS: Final = {
    "policy_wrongly_applied": "Our rules were applied wrongly",
    "exceptional": "The person’s situation is exceptional",
}
ATTENDED: Final = {
    "in_person": "Came",
    "with_supporter": "Came with somebody who supports them",
    "in_writing": "Told us in writing",
    "did_not_attend": "Did not come",
}
APPEAL_OUTCOMES: Final = {
    "upheld": "The appeal was upheld: the case is looked at again",
    "dismissed": "The refusal stands",
    "withdrawn": "The appeal was not gone on with",
}
