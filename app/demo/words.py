"""What people write into forms: a few ways to say each thing, so that a demonstration does not read like a copy."""

from typing import Final, NamedTuple


class Wait(NamedTuple):
    """A hold: its reason, whom it waits on, and how that is known."""

    reason: str
    waits_on: str
    evidence: str


HOLDS: Final = (
    Wait("person_in_hospital", "person", "Call from the ward: the person will be there for some weeks."),
    Wait("landlord_consent", "landlord", "Wrote to the landlord's office; no answer yet."),
    Wait("contractor_delay", "contractor", "The contractor rang: the team is at another job."),
    Wait("warrant_or_planning", "council", "The application is with the building standards officer."),
    Wait("medical_information", "health", "The consultant's letter has been asked for."),
    Wait("budget", "budget", "This year's money is committed; the next release is awaited."),
    Wait("weather", "weather", "The ground is frozen, concrete cannot be poured."),
    Wait("owner_consent", "owner", "The owner lives abroad and has been written to."),
    Wait("person_away", "person", "Staying with family until the end of the month."),
    Wait("person_deciding", "person", "Wants to talk it over with the family first."),
    Wait("contribution_awaited", "person", "The person's share has not come in yet."),
    Wait("materials_delay", "contractor", "The supplier cannot deliver before next month."),
    Wait("technical_design", "contractor", "The engineer's drawing is awaited."),
    Wait("therapist_capacity", "health", "No therapist with a free place on the list."),
    Wait("other", "other", "Roof repairs to the building come first."),
)

CONVERSATION_WITH: Final = (
    ("the person",),
    ("the person", "daughter"),
    ("the person", "son"),
    ("the person", "spouse"),
    ("the person", "care worker"),
)
OPTIONS: Final = {
    "staying": (
        "Wants to stay; the home suits in all else.",
        "Has lived here for a long time and would like to stay.",
        "Would stay if the need can be met.",
    ),
    "rehousing": (
        "Talked over; nothing suitable nearby, and the family lives next door.",
        "Does not wish to move now; knows that it can be asked for at any time.",
        "Would move within the village only; the list has been looked at together.",
    ),
    "equipment": (
        "A board and a stool were tried and are not safe any more.",
        "Has what there is; it is not enough.",
    ),
    "technology": ("Has an alarm and wears it.", "Would like to try sensors, beside the rest."),
    "reablement": ("Six weeks were done; the gain was kept.", "Not likely to help with this."),
    "adaptation": ("Would do what is needed.", "What the person hopes for."),
}
WHY_NOT: Final = (
    ("rehousing", "No suitable home within reach of the family."),
    ("rehousing", "The person has thought about it and does not wish to move."),
    ("equipment", "Tried for four weeks and not safe."),
    ("equipment", "There is no room for it."),
    ("smaller_adaptation", "Rails alone would not remove the danger."),
    ("reablement", "Was done in the summer; what is left will not come back."),
    ("housing_support", "The need comes at times when nobody could be there."),
)
ADVICE: Final = (
    "Talked through safer ways to use the bath, and who to call if that is not enough.",
    "Explained how to ask the landlord for a repair, and what to do if it takes long.",
    "The person can arrange the rail privately and prefers to; gave the list of trusted traders.",
)
SERVICES: Final = ("The handyperson service.", "The falls class at the health centre.", "The landlord's repairs line.")
TIER_REASONS: Final = (
    "The visit by the housing officer showed less risk than the referral describes.",
    "More is going on than the referral says: two falls since.",
)
DECISION_NOTES: Final = (
    "The assessment is clear, and the alternatives were looked at.",
    "Agreed. Good account of what matters to the person.",
    "Agreed; the least that will do.",
)
MISSING: Final = ("Please say why a smaller change would not do.", "Please add what was said about moving home.")
REFUSAL_REASONS: Final = (
    ("need_met_otherwise", "Your need can be met with equipment, which we can bring this week."),
    ("not_eligible", "What you asked for is not something that this service can provide. We have told you who can."),
    ("home_cannot_be_adapted", "We looked at every way to change your home and found none that would be safe."),
    ("not_main_home", "We can only change the home in which you live for most of the year."),
)
FUNDING_REFUSED: Final = "The grant cannot pay for this kind of work in your home. You can appeal by writing to us."
GROUNDS: Final = (
    "The letter says that equipment would do, but it was tried and is not safe.",
    "Nobody came to look at the home before it was decided.",
)
CONTRACTORS: Final = ("Testcase Joiners", "Mockford Building Services", "Fixture and Daughters", "Sample Lifts")
SNAGS: Final = ("The water does not drain away.", "The rail is loose already.", "The door catches on the new floor.")
SURVEY: Final = {
    "ease": ("very_easy", "easy", "easy", "neither", "hard"),
    "told": ("yes", "yes", "partly", "no"),
    "kept_informed": ("always", "mostly", "mostly", "seldom", "no_wait"),
    "helped": ("a_lot", "a_lot", "a_little", "no_difference"),
    "satisfaction": ("very_satisfied", "very_satisfied", "satisfied", "satisfied", "neither", "dissatisfied"),
}
"""Question of the survey -> what people say, the usual more often."""
OWN_WORDS: Final = (
    "The men were kind and cleaned up after themselves.",
    "It took long, but now I wash by myself again.",
    "Nobody rang for six weeks. After that it went quickly.",
    "I wish I had asked two years ago.",
)
RECYCLING: Final = ("Taken down, stands in the store.", "The person has moved; it can be collected.", "As good as new.")
CHANGED: Final = (
    "Washes alone again, and sleeps better for it.",
    "Goes out most days. The carer comes once a day, not twice.",
    "Feels safe at home again.",
    "Some things are easier; the mornings are still hard.",
)
ESCALATED: Final = (
    "The visit showed that the situation is not as the referral described it.",
    "A second fall; more than this tier can offer is needed.",
)
STEPPED_DOWN: Final = "The person's situation turned out simpler: a smaller change will do."
REOPENED: Final = ("The person's situation has changed.", "The person has been in touch again and would like to go on.")
CLOSING_NOTES: Final = {
    "withdrawn": "The person rang to say that help is no longer wanted.",
    "died": "The family told us. Condolences were sent.",
    "moved_away": "Moved to live with family in another area.",
    "lost_contact": "Three calls and two letters without an answer.",
    "declined_contribution": "The person's share was too much for them.",
    "declined_works": "The person does not want the upheaval.",
    "duplicate": "The same need is already being worked on under another reference.",
}
HANDOVERS: Final = {
    "eastlaw": "Needs an occupational therapist.",
    "clydeview": "The landlord will order and see to the works.",
    "northburn": "The council's own tenant: its team will order the works.",
    "glenmore": "Care & Repair will see to the works for the person.",
}
NOTES: Final = (
    "Prefers calls in the afternoon.",
    "The key is with the neighbour at number 4.",
    "Spoke with the contractor; all is in hand.",
    "There is a dog, friendly.",
    "Parking only in the next street.",
)
CONTACTS: Final = (
    "Told the person where things stand and what comes next.",
    "The daughter asked how long it will take; explained the waiting time.",
    "Rang to arrange the visit.",
)
DEFERRALS: Final = (
    ("A second opinion on the drainage.", "The technical officer"),
    ("What the landlord would pay towards it.", "The landlord"),
)
