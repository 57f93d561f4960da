"""What a document is, and why one is taken away: closed lists, in the order in which people are asked."""

from enum import StrEnum
from typing import Final


class DocumentKind(StrEnum):
    """What a document is. Names are part of the API and of the journal."""

    PHOTOGRAPH = "photograph"
    DRAWING = "drawing"
    LETTER = "letter"
    CONSENT = "consent"
    QUOTE = "quote"
    INVOICE = "invoice"
    REPORT = "report"
    OTHER = "other"


KINDS: Final[dict[DocumentKind, str]] = {
    DocumentKind.PHOTOGRAPH: "Photograph",
    DocumentKind.DRAWING: "Drawing or plan",
    DocumentKind.LETTER: "Letter or e-mail",
    DocumentKind.CONSENT: "Consent or agreement",
    DocumentKind.QUOTE: "Quote",
    DocumentKind.INVOICE: "Invoice or certificate",
    DocumentKind.REPORT: "Report or assessment",
    DocumentKind.OTHER: "Something else",
}


class WithdrawalReason(StrEnum):
    """Why a document is taken away. A closed list: free words could say about whom it was."""

    WRONG_PERSON = "wrong_person"
    MISTAKE = "mistake"
    TWICE = "twice"
    CONSENT_WITHDRAWN = "consent_withdrawn"


REASONS: Final[dict[WithdrawalReason, str]] = {
    WithdrawalReason.WRONG_PERSON: "It is about another person",
    WithdrawalReason.MISTAKE: "It was added by mistake",
    WithdrawalReason.TWICE: "It is here twice",
    WithdrawalReason.CONSENT_WITHDRAWN: "The person does not want us to keep it",
}
