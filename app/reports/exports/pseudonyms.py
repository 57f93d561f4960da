"""Stand-ins for cases, people and organisations in exports: the same each time, and no way back without the salt."""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import text

from app.kernel.database import Session

Kind = Literal["case", "staff", "organisation"]
LENGTH = 24
"""Hexadecimal digits: 96 bits, so that no two of a country's cases fall together by chance."""
_SALT = text("SELECT salt FROM export_salt")


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Gives pseudonyms under one database's salt."""

    salt: bytes

    @classmethod
    async def of_database(cls, session: Session) -> "Pseudonyms":
        """Those of the partnership that this database holds."""
        return cls(bytes((await session.execute(_SALT)).scalar_one()))

    def of(self, kind: Kind, number: int) -> str:
        """Such as `case-3f…`: the kind and a keyed hash of the number."""
        digest = hmac.digest(self.salt, f"{kind}:{number}".encode(), hashlib.sha256)
        return f"{kind}-{digest.hex()[:LENGTH]}"
