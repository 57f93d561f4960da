"""What people need, in words a referral might have: by the tier that triage proposes for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Need:
    """What is asked for and why. `goal` and `matters` are near to the person's own words."""

    description: str
    adaptations: tuple[str, ...]
    goal: str
    matters: str
    flags: tuple[str, ...] = ()


_DIRECT: Final = (
    Need(
        "Has stumbled twice on the two steps at the front door.",
        ("handrails",),
        "To come and go by the front door without fear of falling",
        "The walk to the shop every morning.",
    ),
    Need(
        "Pulls on the radiator to get up from the toilet.",
        ("grab_rails",),
        "To get up from the toilet without help",
        "Not to have to call a neighbour in the night.",
    ),
    Need(
        "Holds on to the wall on the stairs, the rail is on the weak side.",
        ("banister_rails",),
        "To go up to bed safely",
        "To keep sleeping in the own bedroom.",
    ),
    Need(
        "Cannot turn the kitchen taps since the arthritis got worse.",
        ("lever_taps",),
        "To fill the kettle without help",
        "To make tea when friends come.",
    ),
    Need(
        "Carers come twice a day and the person cannot get to the door.",
        ("key_safe",),
        "To let the carers in without getting up",
        "Not to lie awake listening for the door.",
    ),
    Need(
        "Cannot hear or reach the street door from the second floor.",
        ("door_entry_system",),
        "To let visitors in from the flat",
        "That the grandchildren can drop in.",
    ),
    Need(
        "Cannot bend to the sockets after a hip operation.",
        ("socket_raising", "grab_rails"),
        "To use the sockets without bending",
        "To be at home alone during the day again.",
    ),
)

_NON_COMPLEX: Final = (
    Need(
        "Can step into the bath but can no longer sit down in it.",
        ("over_bath_shower",),
        "To wash standing up, without help",
        "To be fresh before the day centre's bus comes.",
    ),
    Need(
        "The step at the back door is too high with the new walking frame.",
        ("half_step", "handrails"),
        "To hang out the washing",
        "The garden.",
    ),
    Need(
        "Falls at night; lives alone and the family is far away.",
        ("assistive_technology",),
        "To get help quickly after a fall",
        "To stay at home without worrying the family.",
    ),
    Need(
        "The toilet is too low after the knee operation.",
        ("raised_toilet",),
        "To use the toilet without help",
        "Some privacy.",
    ),
    Need(
        "Bath is no longer safe, and the hand cannot hold the shower head.",
        ("over_bath_shower", "grab_rails"),
        "To shower safely twice a week",
        "Not to need a carer for washing.",
    ),
)

_MODERATE: Final = (
    Need(
        "Cannot step over the side of the bath since a fall in the winter.",
        ("level_access_shower",),
        "To wash without help from the family",
        "To stay near the neighbours of forty years.",
    ),
    Need(
        "Goes up the stairs on hands and knees, once a day.",
        ("stairlift",),
        "To use the whole house again",
        "To sleep beside the spouse, upstairs.",
    ),
    Need(
        "The new wheelchair does not go through the bathroom door.",
        ("door_widening",),
        "To get into the bathroom in the chair",
        "To go alone, without being lifted.",
    ),
    Need(
        "Has not left the house since the wheelchair came: four steps.",
        ("removable_ramp",),
        "To leave the house without being carried",
        "Church on Sundays.",
    ),
    Need(
        "Two steps down to the drive, and the powered chair is heavy.",
        ("step_lift",),
        "To get to the car in the chair",
        "Work, three days a week.",
    ),
    Need(
        "Can no longer clean after using the toilet.",
        ("wash_dry_toilet",),
        "To be clean without help",
        "Dignity, more than anything.",
    ),
    Need(
        "The tremor is getting worse and the bath is already hard.",
        ("over_bath_shower",),
        "To keep washing alone for as long as possible",
        "To plan ahead before it gets worse.",
        ("progressive_condition",),
    ),
    Need(
        "Stairs and bath have both become dangerous since the stroke.",
        ("level_access_shower", "stairlift"),
        "To wash and to go to bed without two carers",
        "To come home from the ward.",
    ),
)

_COMPLEX: Final = (
    Need(
        "Needs to be lifted for every transfer; the carers' backs are giving in.",
        ("ceiling_track_hoist",),
        "To be moved safely and without pain",
        "That the spouse can go on caring.",
        ("moving_and_handling_risk",),
    ),
    Need(
        "Bedroom and bathroom are upstairs, and the stair is too narrow for a lift.",
        ("through_floor_lift",),
        "To reach the bedroom in the wheelchair",
        "To be with the children at bedtime.",
    ),
    Need(
        "There is no room downstairs to wash, and the stairs are not possible.",
        ("ground_floor_shower_room",),
        "To wash every day",
        "To stay in the village.",
        ("planning_or_warrant_needed",),
    ),
    Need(
        "Cooks for the family from a wheelchair and reaches neither hob nor sink.",
        ("kitchen_alterations",),
        "To cook a meal for the family",
        "To be the one who cooks.",
    ),
    Need(
        "A growing child who is carried up and down the stairs by one parent.",
        ("extension", "ceiling_track_hoist"),
        "To sleep, wash and play on one floor",
        "That brother and sister can play in the same room.",
        ("child", "structural_change"),
    ),
    Need(
        "The shower put in two years ago cannot be used from the new chair.",
        ("level_access_shower", "door_widening"),
        "To shower sitting, with one carer",
        "Not to go through building work a third time.",
        ("previous_adaptation_failed", "structural_change"),
    ),
    Need(
        "The garage could be a bedroom; the stairs will not be possible by spring.",
        ("room_conversion",),
        "To sleep downstairs before the spring",
        "To decide it now, and not in a crisis.",
        ("progressive_condition", "planning_or_warrant_needed"),
    ),
)

NEEDS: Final[Mapping[str, tuple[Need, ...]]] = {
    "direct_access": _DIRECT,
    "non_complex": _NON_COMPLEX,
    "moderate": _MODERATE,
    "complex": _COMPLEX,
}
"""Tier that triage proposes -> needs."""
