"""Compare what is stored of a case with what its journal gives. Pure."""

from dataclasses import fields

from app.cases.rules import CaseState


def differences(stored: CaseState, replayed: CaseState) -> tuple[str, ...]:
    """Name the projected columns in which the two are not the same."""
    names = (field.name for field in fields(CaseState))
    return tuple(name for name in names if getattr(stored, name) != getattr(replayed, name))
