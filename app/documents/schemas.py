"""What the API takes and answers about documents. Names are the contract's."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from app.documents.kinds import DocumentKind, WithdrawalReason
from app.edge.bodies import Body, example

About = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


class DocumentForm(Body):
    """What is said of a new document, beside its file."""

    kind: DocumentKind = Field(description="What it is.")
    about: About | None = Field(default=None, description="What it shows or says, in a few words.")


class VersionForm(Body):
    """A new version brings a file and nothing else."""


class WithdrawalIn(Body):
    """Why a document is taken away."""

    model_config = example({"reason": "mistake"})

    reason: WithdrawalReason


class VersionOut(BaseModel):
    """One version of a document. What was erased has no name and no addresses, and stays a fact."""

    version: int
    name: str | None
    media_type: str
    size: int
    sha256: str
    added_by: str
    added_at: AwareDatetime
    content: str | None = Field(description="Where its bytes are.")
    thumbnail: str | None = Field(description="Where a small picture of it is, if there is one.")


class WithdrawnOut(BaseModel):
    """That a document was taken away."""

    at: AwareDatetime
    by: str
    reason: WithdrawalReason


class DocumentOut(BaseModel):
    """A document of a case; the newest version comes first."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    kind: str
    about: str | None
    withdrawn: WithdrawnOut | None
    versions: list[VersionOut]


class DocumentPage(BaseModel):
    """Some documents, newest first."""

    items: list[DocumentOut]
    next_cursor: str | None
