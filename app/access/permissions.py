"""Every permission and who has it: one table that can be printed and shown to a partnership.

What moves a case is not here: the pathway's data names the roles of each action, and `app.access.policy` asks it.
"""

from enum import StrEnum
from typing import Final

from app.access.roles import Role


class Permission(StrEnum):
    """`thing.verb`; the sentence under each says what it lets its holder do."""

    CASE_VIEW = "case.view"
    """Read a case, its journal and its times."""
    CASE_CONVERSE = "case.converse"
    """Record a Housing Solutions conversation."""
    CASE_ASSIGN = "case.assign"
    """Say who works on a case."""
    CASE_NOTE = "case.note"
    """Add a note or a contact with the person."""
    CASE_HAND_OVER = "case.hand_over"
    """Offer a case to another organisation, accept or decline one."""
    CASE_CORRECT = "case.correct"
    """Correct a mistaken date or detail; the first entry stays."""
    CASE_CONSENT = "case.consent"
    """Record that the person agrees, or no longer agrees, to sharing."""
    CASE_REPEAT = "case.repeat"
    """Say whether a possible repeat is the same need or another."""
    QUOTE_RECORD = "quote.record"
    """Record a contractor's quote."""
    SURVEY_RECORD = "survey.record"
    """Record what a person says when asked how it went."""
    HOME_MARK = "home.mark"
    """Mark an adaptation of a home as still in use, removed, waiting to be used again, or used again."""
    REUSE_VIEW = "reuse.view"
    """See the items of the whole partnership that wait to be used again."""
    DOCUMENT_ADD = "document.add"
    """Add a document or a photograph to a case, or a new version of one."""
    DOCUMENT_WITHDRAW = "document.withdraw"
    """Take away a document that should not be there; its contents are erased."""
    PANEL_VIEW = "panel.view"
    """See panels, their members and meetings."""
    PANEL_MANAGE = "panel.manage"
    """Set meetings, record attendance and assents."""
    PANEL_ASSENT = "panel.assent"
    """Assent or dissent for one's own organisation."""
    IMPORT_RUN = "import.run"
    """Bring in an extract and read its report."""
    REPORT_READ = "report.read"
    """Read reports, over the cases one may see."""
    TARGET_VIEW = "target.view"
    """See how indicators stand against their targets, over all cases."""
    TARGET_SET = "target.set"
    """Set indicators and targets, comment on quarters and judge them."""
    TARGET_SIGN_OFF = "target.sign_off"
    """Make a quarter's figures final."""
    SNAPSHOT_PUBLISH = "snapshot.publish"
    """Publish the seed of a year's sample."""
    SNAPSHOT_VIEW = "snapshot.view"
    """See sampled cases, as far as one sees cases, and what was entered about them."""
    SNAPSHOT_ENTER = "snapshot.enter"
    """Complete sampled cases of one's organisation's part."""
    SNAPSHOT_SUBMIT = "snapshot.submit"
    """Hand in an organisation's part of the annual snapshot."""
    EXPORT_READ = "export.read"
    """Take the journal out as pseudonymised event data."""
    READS_AUDIT = "reads.audit"
    """See who read which person's case."""
    STAFF_VIEW = "staff.view"
    """See colleagues, their roles, training and workload."""
    STAFF_MANAGE = "staff.manage"
    """Add users and organisations, give and take roles."""
    TEAM_VIEW = "team.view"
    """See a team's workload, where cases are stuck, reviews and handovers that wait, and training that runs out."""
    TRAINING_RECORD = "training.record"
    """Record that somebody has completed a training module."""
    TOKEN_OWN = "token.own"  # noqa: S105 # a permission's name, not a secret
    """Make and revoke one's own API tokens."""


_FRONT_LINE = {
    Role.HOUSING_OFFICER, Role.ASSESSOR, Role.OCCUPATIONAL_THERAPIST, Role.SENIOR_OCCUPATIONAL_THERAPIST,
}  # fmt: skip
_MANAGERS = {Role.TEAM_MANAGER, Role.SERVICE_MANAGER}
_CASEWORK = _FRONT_LINE | _MANAGERS | {Role.FUNDING_OFFICER, Role.TECHNICAL_OFFICER, Role.PANEL_COORDINATOR}
_EVERYONE = set(Role)
_WITH_SIGHT = _EVERYONE - {Role.ADMINISTRATOR}

GRANTS: Final[dict[Permission, frozenset[Role]]] = {
    Permission.CASE_VIEW: frozenset(_WITH_SIGHT),
    Permission.CASE_CONVERSE: frozenset(_FRONT_LINE | {Role.TEAM_MANAGER, Role.TECHNICAL_OFFICER}),
    Permission.CASE_ASSIGN: frozenset(_FRONT_LINE | _MANAGERS),
    Permission.CASE_NOTE: frozenset(_CASEWORK | {Role.REFERRER}),
    Permission.CASE_HAND_OVER: frozenset(_CASEWORK),
    Permission.CASE_CORRECT: frozenset(_FRONT_LINE | _MANAGERS),
    Permission.CASE_CONSENT: frozenset(_FRONT_LINE | {Role.REFERRER, Role.TEAM_MANAGER}),
    Permission.CASE_REPEAT: frozenset(_FRONT_LINE | {Role.TEAM_MANAGER}),
    Permission.QUOTE_RECORD: frozenset(
        {
            Role.HOUSING_OFFICER,
            Role.TECHNICAL_OFFICER,
            Role.FUNDING_OFFICER,
            Role.TEAM_MANAGER,
        }
    ),
    Permission.SURVEY_RECORD: frozenset(_FRONT_LINE | {Role.TEAM_MANAGER, Role.TECHNICAL_OFFICER}),
    Permission.HOME_MARK: frozenset(_FRONT_LINE | _MANAGERS | {Role.TECHNICAL_OFFICER}),
    Permission.REUSE_VIEW: frozenset(_MANAGERS | {Role.HOUSING_OFFICER, Role.TECHNICAL_OFFICER}),
    Permission.DOCUMENT_ADD: frozenset(_CASEWORK | {Role.REFERRER}),
    Permission.DOCUMENT_WITHDRAW: frozenset(_FRONT_LINE | _MANAGERS),
    Permission.PANEL_VIEW: frozenset(_WITH_SIGHT - {Role.REFERRER}),
    Permission.PANEL_MANAGE: frozenset({Role.PANEL_COORDINATOR}),
    Permission.PANEL_ASSENT: frozenset({Role.PANEL_MEMBER, Role.PANEL_COORDINATOR}),
    Permission.IMPORT_RUN: frozenset({Role.SERVICE_MANAGER}),
    Permission.REPORT_READ: frozenset({Role.SERVICE_MANAGER, Role.AUDITOR, Role.TEAM_MANAGER}),
    Permission.TARGET_VIEW: frozenset({Role.SERVICE_MANAGER, Role.AUDITOR}),
    Permission.TARGET_SET: frozenset({Role.SERVICE_MANAGER}),
    Permission.TARGET_SIGN_OFF: frozenset({Role.SERVICE_MANAGER}),
    Permission.SNAPSHOT_PUBLISH: frozenset({Role.SERVICE_MANAGER}),
    Permission.SNAPSHOT_VIEW: frozenset(_FRONT_LINE | _MANAGERS | {Role.AUDITOR}),
    Permission.SNAPSHOT_ENTER: frozenset(_FRONT_LINE | _MANAGERS),
    Permission.SNAPSHOT_SUBMIT: frozenset(_MANAGERS),
    Permission.EXPORT_READ: frozenset({Role.SERVICE_MANAGER, Role.AUDITOR}),
    Permission.READS_AUDIT: frozenset({Role.SERVICE_MANAGER, Role.AUDITOR}),
    Permission.STAFF_VIEW: frozenset(_EVERYONE - {Role.REFERRER, Role.PANEL_MEMBER}),
    Permission.STAFF_MANAGE: frozenset({Role.ADMINISTRATOR}),
    Permission.TEAM_VIEW: frozenset(_MANAGERS),
    Permission.TRAINING_RECORD: frozenset({Role.ADMINISTRATOR, Role.TEAM_MANAGER}),
    Permission.TOKEN_OWN: frozenset(_EVERYONE),
}
