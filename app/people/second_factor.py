"""One-time codes as a second factor (TOTP, RFC 6238): secrets, their picture, codes, recovery codes. No database.

Secrets are encrypted before they are kept, with a key that the database does not have; each holds whose it is, so that
one cannot be put in another's place.
"""

import hashlib
import hmac
import secrets
from base64 import b32encode, urlsafe_b64encode
from datetime import datetime
from typing import Final

import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

ISSUER: Final = "Adapt"
RECOVERY_CODES: Final = 10
STEP_SECONDS: Final = 30
_WINDOW: Final = (0, -1, 1)
"""Steps that are taken: telephones' clocks are up to half a minute wrong."""


class Vault:
    """Encrypts secrets with the first of its keys and reads what any of them encrypted."""

    def __init__(self, keys: str) -> None:
        self._keys = MultiFernet([Fernet(_derived(key.strip())) for key in keys.split(",") if key.strip()])

    def lock(self, user_id: int, secret: str) -> str:
        """What is kept of a user's secret."""
        return self._keys.encrypt(f"{user_id} {secret}".encode()).decode()

    def unlock(self, user_id: int, kept: str) -> str | None:
        """The user's secret; None when it was encrypted with another key, or for somebody else."""
        try:
            owner, _, secret = self._keys.decrypt(kept.encode()).decode().partition(" ")
        except InvalidToken:
            return None
        return secret if owner == str(user_id) else None


def _derived(key: str) -> bytes:
    return urlsafe_b64encode(hashlib.sha256(b"second factor " + key.encode()).digest())


def new_totp_secret() -> str:
    """A new secret: 160 bits of chance, as programs on telephones take it."""
    return pyotp.random_base32()


def address_of(secret: str, email: str) -> str:
    """The address that a program on a telephone reads the secret from."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def picture_of(secret: str, email: str) -> str:
    """The same as a QR code: SVG to stand in a page, without style or script, dark on light whatever is around it."""
    code = segno.make_qr(address_of(secret, email), error="m")
    return str(code.svg_inline(scale=5, light="#fff", svgclass="qr", title="QR code of the key below"))


def spaced(secret: str) -> str:
    """The secret in groups of four, to be typed in."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def matching_step(secret: str, typed: str, *, now: datetime) -> int | None:
    """The time step whose code was typed, of the present one and its neighbours; None when it is none of theirs."""
    code = "".join(typed.split())
    if not (code.isascii() and code.isdecimal() and len(code) == 6):
        return None
    present = int(now.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret, interval=STEP_SECONDS)
    steps = [present + offset for offset in _WINDOW]
    return next((step for step in steps if hmac.compare_digest(totp.generate_otp(step), code)), None)


def new_recovery_codes() -> tuple[str, ...]:
    """Codes for when the telephone is lost: 80 bits of chance each, letters and digits that are not mistaken."""
    return tuple(_grouped(b32encode(secrets.token_bytes(10)).decode().lower()) for _ in range(RECOVERY_CODES))


def _grouped(code: str) -> str:
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def recovery_hash(typed: str) -> bytes | None:
    """What is kept of a recovery code; None for what cannot be one. Case, spaces and hyphens make no difference."""
    code = "".join(letter for letter in typed.lower() if letter not in " -\t")
    if len(code) != 16 or not code.isascii() or not code.isalnum():
        return None
    return hashlib.sha256(code.encode()).digest()
