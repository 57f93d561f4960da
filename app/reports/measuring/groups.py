"""By what figures may be told apart and narrowed: for each grouping an expression over a span, and what it needs.

`s` is the span, `c` its case, `p` the person, `h` the home. Priority, fast track and funding are those that were known
of the case at the event that ends the span; a case with several adaptations is in the group of each.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

PERSON: Final = "LEFT JOIN people p ON p.id = c.person_id"
HOME: Final = "LEFT JOIN homes h ON h.id = c.home_id"
_EACH_ADAPTATION: Final = "CROSS JOIN LATERAL unnest(c.adaptations) AS a (adaptation)"
_HOLDER: Final = "LEFT JOIN organisations o ON o.id = s.custody_id"
_LANDLORD: Final = "LEFT JOIN organisations l ON l.id = c.landlord_organisation_id"
_SETTING: Final = """coalesce((
    SELECT e.effects -> 'sets' ->> '{name}' FROM case_events e
     WHERE e.case_id = s.case_id AND e.sequence <= s.known_at AND e.effects ? 'sets'
       AND e.effects -> 'sets' ? '{name}'
       AND (CAST(:as_known_on AS date) IS NULL
            OR e.recorded_at < (CAST(:as_known_on AS date) + 1)::timestamp AT TIME ZONE 'Europe/London')
     ORDER BY e.sequence DESC LIMIT 1), '{otherwise}')"""
_FUNDING: Final = """coalesce((
    SELECT e.details ->> 'source' FROM case_events e
     WHERE e.case_id = s.case_id AND e.sequence <= s.known_at AND e.action IN ('approve_funding', 'approve_grant')
       AND (CAST(:as_known_on AS date) IS NULL
            OR e.recorded_at < (CAST(:as_known_on AS date) + 1)::timestamp AT TIME ZONE 'Europe/London')
     ORDER BY e.sequence DESC LIMIT 1), 'not_recorded')"""
_AGE: Final = """CASE WHEN p.date_of_birth IS NULL THEN 'not_recorded'
         WHEN s.started_on < (p.date_of_birth + interval '18 years')::date THEN 'under_18'
         WHEN s.started_on < (p.date_of_birth + interval '65 years')::date THEN '18_to_64'
         ELSE '65_and_over' END"""
# A landlord that is no organisation of the service is often one person, whatever the tenure says: what somebody typed
# belongs into no report and into no address.
_WHOSE: Final = """coalesce(l.name, CASE c.tenure
    WHEN 'owner_occupier' THEN 'none' WHEN 'private_rented' THEN 'private_landlord'
    WHEN 'other' THEN 'not_recorded'
    ELSE CASE WHEN c.landlord IS NULL THEN 'not_recorded' ELSE 'another_landlord' END END)"""
_YEAR: Final = "extract(year FROM s.ended_on - interval '3 months')::integer"
_NAMED: Final = f"{_YEAR}::text || '-' || lpad((({_YEAR} + 1) % 100)::text, 2, '0')"


@dataclass(frozen=True, slots=True)
class Group:
    """One grouping: the value of a span in it, and the joins that the value needs."""

    value: str
    joins: tuple[str, ...] = ()


GROUPS: Final[Mapping[str, Group]] = {
    "none": Group("'all'"),
    "tenure": Group("c.tenure"),
    "tier": Group("s.tier"),
    "organisation": Group("o.name", (_HOLDER,)),
    "priority": Group(_SETTING.format(name="priority", otherwise="not_recorded")),
    "fast_track": Group(_SETTING.format(name="fast_track", otherwise="none")),
    "age_band": Group(_AGE, (PERSON,)),
    "adaptation": Group("a.adaptation", (_EACH_ADAPTATION,)),
    # The first half of a postcode: a district of some thousand homes, never one.
    "locality": Group("coalesce(split_part(h.postcode, ' ', 1), 'not_recorded')", (HOME,)),
    "funding": Group(_FUNDING),
    "landlord": Group(_WHOSE, (_LANDLORD,)),
    "outcome": Group("coalesce(s.outcome, 'not_ended')"),
    "month": Group("to_char(s.ended_on, 'YYYY-MM')"),
    # Both of the financial year, from 1 April.
    "quarter": Group(f"{_NAMED} || ' Q' || ceil(extract(month FROM s.ended_on - interval '3 months') / 3.0)"),
    "year": Group(_NAMED),
}
OVERLAPPING: Final = frozenset({"adaptation"})
"""Groupings whose groups may share a case, so that they do not add up to all."""


def joins_of(groups: Iterable[str]) -> str:
    """The joins that these groupings need, each once."""
    needed = dict.fromkeys(join for group in groups for join in GROUPS[group].joins)
    return "\n    ".join(needed)
