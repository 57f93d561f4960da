"""Two more kinds of event beside the moves: a contractor's quote, and what a person says when asked how it went."""

from alembic import op

revision = "0018_provision_events"
down_revision = "0017_drafts"

BEFORE = (
    "moved", "milestone_imported", "conversation_recorded", "assigned", "note_added", "document_added", "contact_made",
    "handover_offered", "handed_over", "handover_declined", "corrected", "consent_recorded", "repeat_linked",
    "repeat_separated", "pathway_migrated",
)  # fmt: skip
AFTER = (*BEFORE, "quote_received", "survey_answered")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _allow(AFTER)


def downgrade() -> None:
    _allow(BEFORE)


def _allow(kinds: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.execute(
        f"""
        ALTER TABLE case_events DROP CONSTRAINT ck_case_events_kind;
        ALTER TABLE case_events ADD CONSTRAINT ck_case_events_kind CHECK (kind IN ({listed}));
        """
    )
