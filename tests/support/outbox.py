"""What the service has written to people, where there is no mail server."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path


def messages(folder: Path) -> list[EmailMessage]:
    """The messages in a data folder's outbox, the oldest first."""
    files = sorted(folder.glob("outbox/*.eml"), key=lambda file: file.stat().st_mtime_ns)
    return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
