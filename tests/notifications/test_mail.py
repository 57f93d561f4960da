"""Messages go through a mail server, or into a folder; what cannot be sent now is sent later."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import MessageError
from pathlib import Path
from smtplib import SMTPException

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from app.notifications.mail import ByServer, IntoFolder, postman_of, written
from app.settings import Settings

NOW = datetime(2026, 6, 2, 9, 30, tzinfo=UTC)


@dataclass
class Office:
    """A mail server that keeps what it is given, and lets one account in."""

    taken: list[Envelope] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 # the library's
        assert session.authenticated
        self.taken.append(envelope)
        return "250 OK"

    def admits(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        right = getattr(data, "login", b"") == b"adapt" and getattr(data, "password", b"") == b"hush"
        return AuthResult(success=right)


@asynccontextmanager
async def _open(office: Office) -> AsyncIterator[int]:
    """The server's port, for the length of a `with`."""

    def protocol() -> SMTP:
        return SMTP(office, hostname="test", authenticator=office.admits, auth_require_tls=False)

    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def _settings(port: int, **more: object) -> Settings:
    usual = {"smtp_security": "none", "smtp_user": "adapt", "smtp_password": "hush"}
    return Settings(smtp_host="127.0.0.1", smtp_port=port, **{**usual, **more})


def _message(settings: Settings, to: str = "fergus@test.example"):
    return written(settings, to=to, subject="Über uns", text="Grüße\n", now=NOW)


async def test_a_message_reaches_the_mail_server_after_signing_in_there() -> None:
    office = Office()
    async with _open(office) as port:
        settings = _settings(port, mail_from="adapt@testshire.example", brand_name="Testshire, Adaptations")
        await asyncio.to_thread(postman_of(settings).send, _message(settings))
    [envelope] = office.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == ("adapt@testshire.example", ["fergus@test.example"])
    assert b'"Testshire, Adaptations" <adapt@testshire.example>' in envelope.content


async def test_a_refused_sign_in_and_a_server_that_is_away_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.notifications.mail._PATIENCE", 1)
    office = Office()
    async with _open(office) as port:
        settings = _settings(port, smtp_password="wrong")
        with pytest.raises(SMTPException):
            await asyncio.to_thread(postman_of(settings).send, _message(settings))
    settings = _settings(1)
    with pytest.raises(OSError):
        await asyncio.to_thread(postman_of(settings).send, _message(settings))
    assert office.taken == []


async def test_a_server_that_does_not_encrypt_gets_nothing_unless_allowed() -> None:
    office = Office()
    async with _open(office) as port:
        for security in ("starttls", "tls"):
            settings = _settings(port, smtp_security=security)
            with pytest.raises((SMTPException, ssl.SSLError)):
                await asyncio.to_thread(postman_of(settings).send, _message(settings))
    assert office.taken == []


def test_without_a_server_messages_are_written_to_a_folder(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    postman = postman_of(settings)
    assert postman == IntoFolder(tmp_path / "outbox")
    for _ in range(2):
        postman.send(_message(settings))
    assert len(list((tmp_path / "outbox").glob("*.eml"))) == len(list((tmp_path / "outbox").iterdir())) == 2
    assert isinstance(postman_of(Settings(smtp_host="mail.example")), ByServer)


@pytest.mark.parametrize(
    "to", ["a@b.example, c@d.example", "a,b@c.example", "a@b.example\r\nBcc: x@y.example", "", "a"]
)
def test_what_is_not_one_address_is_no_address(to: str) -> None:
    with pytest.raises((ValueError, MessageError, IndexError)):
        written(Settings(), to=to, subject="x", text="y", now=NOW)
