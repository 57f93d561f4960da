"""Who has taken part in a decision that is appealed, and so may neither hear the appeal nor decide it."""

from sqlalchemy import text

from app.kernel.database import Session

# Whoever sat when the panel decided, spoke for a partner, presented the case or wrote the decision down, and whoever
# moved the case on its way there; who left the room has taken no part. The journal's own entries of the appeal itself,
# and of what came before the case was assessed, decide nothing.
_TOOK_PART = text(
    """
    SELECT (s ->> 'user_id')::int AS user_id FROM panel_decisions d JOIN panel_items i ON i.id = d.item_id
      CROSS JOIN LATERAL jsonb_array_elements(d.seats) s
     WHERE i.case_id = :case_id AND (s ->> 'present')::boolean AND s ->> 'effect' IS DISTINCT FROM 'leaves'
    UNION SELECT (a ->> 'given_by')::int FROM panel_decisions d JOIN panel_items i ON i.id = d.item_id
      CROSS JOIN LATERAL jsonb_array_elements(d.assents) a WHERE i.case_id = :case_id
    UNION SELECT d.recorded_by FROM panel_decisions d JOIN panel_items i ON i.id = d.item_id WHERE i.case_id = :case_id
    UNION SELECT i.presenter_id FROM panel_items i WHERE i.case_id = :case_id AND i.presenter_id IS NOT NULL
    UNION SELECT e.actor_id FROM case_events e WHERE e.case_id = :case_id AND e.actor_id IS NOT NULL
       AND e.action IN ('start_assessment', 'recommend', 'approve_recommendation', 'refer_to_panel', 'refuse',
                        'refuse_funding', 'panel_refuse', 'panel_defer')
    """
)


async def took_part(session: Session, case_id: int) -> frozenset[int]:
    """The numbers of the users who had a part in what was decided about a case."""
    return frozenset((await session.scalars(_TOOK_PART, {"case_id": case_id})).all())
