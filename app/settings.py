"""Everything that the surroundings decide, read once from the environment. No secret has a default."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.access.providers import Provider
from app.access.roles import Role
from app.kernel.colours import READABLE, contrast

ROOT = Path(__file__).resolve().parents[1]
SHORTEST_KEY = 32


def _listed(value: object) -> object:
    """Read names with commas between them."""
    return [name.strip() for name in value.split(",") if name.strip()] if isinstance(value, str) else value


class Settings(BaseSettings):
    """Frozen settings; every field is the environment variable ADAPT_<NAME> (PORT has no prefix)."""

    model_config = SettingsConfigDict(
        env_prefix="ADAPT_",
        env_nested_delimiter="__",
        # A variable that is there and empty says nothing: containers are given every name.
        env_ignore_empty=True,
        frozen=True,
        extra="ignore",
        populate_by_name=True,
    )

    data_dir: Path = ROOT / ".data"
    """Where the embedded PostgreSQL and the demo's secrets live."""
    database_url: SecretStr | None = None
    """The database the app uses; without it the embedded server under `data_dir`."""
    owner_database_url: SecretStr | None = None
    """The schema owner's address for migrations and maintenance; `database_url` when not given."""
    app_password: SecretStr | None = None
    """Password `adapt migrate` gives to the login that the app uses, where there is one."""
    demo: bool = False
    """Whether this is the demo partnership. It alone allows test identifiers and has demo sign-ins."""
    demo_password: SecretStr | None = None
    environment: Literal["production", "development"] = "development"
    pathways_dir: Path = ROOT / "pathways"
    brand_name: Annotated[str, Field(max_length=80)] | None = None
    """What the pages call the partnership; its own name when not given."""
    brand_colour: str = "#0b5a4b"
    """The colour of the header, as #rrggbb; white text must be readable on it."""
    contact: Annotated[str, Field(max_length=200)] | None = None
    """Whom people write to or ring about accessibility and privacy, in words."""
    brand_logo: Path | None = None
    """A picture for the header: SVG, PNG, JPEG or WebP."""
    training_notice_days: int = Field(default=60, ge=1, le=730)
    """So many days before somebody's training runs out, managers are told."""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, validation_alias="PORT", ge=0, le=65535)
    workers: int = Field(default=1, ge=1, le=64)
    pool_size: int = Field(default=10, ge=1, le=100)
    max_body_bytes: int = Field(default=1_000_000, ge=1_000)
    max_upload_bytes: int = Field(default=60_000_000, ge=1_000)
    max_document_bytes: int = Field(default=25_000_000, ge=1_000)
    documents_bucket: str | None = None
    """The bucket that keeps documents; without it the folder `documents` under `data_dir`."""
    documents_endpoint: str | None = None
    """The address of the bucket's store, where it is not Amazon's own."""
    documents_region: str | None = None
    documents_access_key: SecretStr | None = None
    documents_secret_key: SecretStr | None = None
    public_url: Annotated[str, Field(pattern=r"^https?://[^/?#\s@]+/?$")] | None = None
    """Where people find the service: links in messages and the way back from other sign-ins begin with it."""
    secret_key: SecretStr | None = None
    """Encrypts the secrets of second factors; several with commas between them, of which the first encrypts."""
    second_factor_roles: Annotated[frozenset[Role], NoDecode, BeforeValidator(_listed)] = frozenset()
    """Roles whose holders sign in with a second factor; others may."""
    session_idle_minutes: int = Field(default=30, ge=1, le=30)
    session_hours: int = Field(default=12, ge=1, le=12)
    oidc_providers: dict[Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")], Provider] = Field(default_factory=dict)
    """The sign-in of partner organisations, by a key that is part of addresses and is kept with what it gave."""
    smtp_host: str | None = None
    """The mail server; without it messages are written to `data_dir/outbox`."""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    mail_from: str = "adapt@localhost"
    """The address that messages come from."""

    @field_validator("oidc_providers")
    @classmethod
    def _none_is_called_password(cls, value: dict[str, Provider]) -> dict[str, Provider]:
        if "password" in value:
            raise ValueError("No provider is called password: sessions are told apart by it.")
        return value

    @field_validator("secret_key")
    @classmethod
    def _keys_are_long(cls, value: SecretStr | None) -> SecretStr | None:
        keys = value.get_secret_value().split(",") if value is not None else []
        if any(len(key.strip()) < SHORTEST_KEY for key in keys):
            raise ValueError(f"A key has {SHORTEST_KEY} characters or more: `openssl rand -hex 32` makes one.")
        return value

    @field_validator("brand_colour")
    @classmethod
    def _white_is_readable_on_it(cls, value: str) -> str:
        reached = contrast(value, "#ffffff")
        if reached < READABLE:
            raise ValueError(
                f"White text on {value} has a contrast of {reached:.2f}; {READABLE} is needed. Choose a darker colour."
            )
        return value

    @field_validator("brand_logo")
    @classmethod
    def _logo_is_a_picture(cls, value: Path | None) -> Path | None:
        if value is None:
            return None
        if value.suffix.lower() not in {".svg", ".png", ".jpg", ".jpeg", ".webp"} or not value.is_file():
            raise ValueError(f"There is no picture at {value}. Give the path of an SVG, PNG, JPEG or WebP file.")
        return value

    @property
    def allow_test_numbers(self) -> bool:
        """Numbers of the 9xx test range belong to nobody; they are let in everywhere but in production."""
        return self.demo or self.environment != "production"


def load() -> Settings:
    """Read the environment."""
    return Settings()
