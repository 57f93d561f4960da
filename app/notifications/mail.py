"""Send a message: through the mail server of the settings, or into a folder where there is none.

Nothing about a message is logged. Both ways take a while; jobs call them in a thread.
"""

import os
import secrets
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Final, Protocol

from app.settings import Settings

OUTBOX: Final = "outbox"
_PATIENCE: Final = 20
"""Seconds."""


class Postman(Protocol):
    """Somebody who takes a message away, or raises OSError or SMTPException where that is not possible now."""

    def send(self, message: EmailMessage) -> None: ...


@dataclass(frozen=True, slots=True)
class ByServer:
    """Hands messages to a mail server."""

    settings: Settings

    def send(self, message: EmailMessage) -> None:
        """Send one message over a connection of its own."""
        host, port, security = self.settings.smtp_host or "", self.settings.smtp_port, self.settings.smtp_security
        secure = ssl.create_default_context()
        server = (
            smtplib.SMTP_SSL(host, port, timeout=_PATIENCE, context=secure)
            if security == "tls"
            else smtplib.SMTP(host, port, timeout=_PATIENCE)
        )
        with server:
            if security == "starttls":
                server.starttls(context=secure)
            if self.settings.smtp_user is not None and self.settings.smtp_password is not None:
                server.login(self.settings.smtp_user, self.settings.smtp_password.get_secret_value())
            server.send_message(message)


@dataclass(frozen=True, slots=True)
class IntoFolder:
    """Writes messages to files that mail programs open, for a partnership that has no mail server yet."""

    folder: Path

    def send(self, message: EmailMessage) -> None:
        """Write one message, whole or not at all, for the owner's eyes alone."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{secrets.token_hex(8)}.eml"
        unfinished = self.folder / f".{name}"
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(message.as_bytes())
        unfinished.rename(self.folder / name)


def postman_of(settings: Settings) -> Postman:
    """Who takes messages away, as the settings have it."""
    if settings.smtp_host is not None:
        return ByServer(settings)
    return IntoFolder(settings.data_dir / OUTBOX)


def written(settings: Settings, *, to: str, subject: str, text: str, now: datetime) -> EmailMessage:
    """A message to one person. Raises ValueError for an address that is none, or more than one."""
    message = EmailMessage()
    message["From"] = Address(display_name=settings.brand_name or "Adapt", addr_spec=settings.mail_from)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=settings.mail_from.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    # As it stands where it can be: a link in a file of the outbox is there to be copied.
    message.set_content(text, cte="7bit" if text.isascii() else "quoted-printable")
    return message
