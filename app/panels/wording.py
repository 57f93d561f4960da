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
