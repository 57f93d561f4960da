"""What is deployed is locked down: no secret with a default, no root, nothing to write to, nothing open that need not be."""

import re
from typing import Any

import pytest
import yaml

from app.settings import Settings
from tests.support.addresses import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "app", "worker")


def test_every_service_is_read_only_and_without_privileges() -> None:
    for name, service in SERVICES.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name


def test_our_containers_run_as_the_images_user_who_is_not_root() -> None:
    last_stage = DOCKERFILE.rsplit("\nFROM ", 1)[1]
    user = re.findall(r"^USER (\S+)$", last_stage, re.MULTILINE)
    assert user == ["10001:10001"]
    for name in OURS:
        assert SERVICES[name]["user"] == user[0]
        assert "cap_add" not in SERVICES[name]


def test_every_secret_comes_from_the_environment_and_has_no_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    secret = re.findall(r"\$\{(\w*(?:PASSWORD|SECRET|_KEY)\w*)(:\?|:-\}|\S{0,2})", text)
    needed, left_out = (
        "ADAPT_APP_PASSWORD ADAPT_OWNER_PASSWORD",
        "DOCUMENTS_ACCESS_KEY DOCUMENTS_SECRET_KEY SECRET_KEY SMTP_PASSWORD",
    )
    assert set(secret) == {(name, ":?") for name in needed.split()} | {
        (f"ADAPT_{name}", ":-}") for name in left_out.split()
    }
    for service in SERVICES.values():
        for name, value in service["environment"].items():
            if "PASSWORD" in name:
                assert value.startswith("${"), name
            if "://" in value:
                assert re.search(r"://\w+:\$\{\w+:\?[^}]+\}@", value), name


def test_what_answers_the_outside_never_holds_the_owners_password() -> None:
    assert "OWNER" not in str(SERVICES["app"]["environment"])
    assert SERVICES["app"]["environment"]["ADAPT_DATABASE_URL"].startswith("postgresql+psycopg://adapt_login:")
    # The worker's jobs cross every case; it reaches the database and the mail server, and nothing reaches it.
    assert SERVICES["worker"]["networks"] == ["data", "outside"]
    assert "ports" not in SERVICES["worker"]


def test_nothing_starts_before_the_schema_is_current() -> None:
    for name in ("app", "worker"):
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    for name in OURS:
        assert SERVICES[name]["depends_on"]["database"] == {"condition": "service_healthy"}
    assert "pg_isready" in SERVICES["database"]["healthcheck"]["test"]
    assert any("/healthz" in part for part in SERVICES["app"]["healthcheck"]["test"])


def test_only_the_app_is_reachable_and_the_data_outlive_the_containers() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["app"]
    assert SERVICES["app"]["ports"] == ["${ADAPT_PUBLISH:-127.0.0.1:8000}:8000"]
    assert COMPOSE["networks"]["data"]["internal"] is True
    assert SERVICES["database"]["networks"] == ["data"]
    assert SERVICES["database"]["volumes"] == ["database:/var/lib/postgresql"]
    for name in ("app", "worker"):
        # The worker erases what was withdrawn, so it needs what the app writes.
        assert SERVICES[name]["volumes"] == ["documents:/var/lib/adapt"]
    assert "ADAPT_DATA_DIR=/var/lib/adapt" in DOCKERFILE
    assert {"database", "documents"} <= set(COMPOSE["volumes"])
    assert SERVICES["database"]["image"] == "postgres:18"


def test_the_image_installs_what_is_locked_and_watches_its_health() -> None:
    assert "--require-hashes --requirement requirements/run.txt" in DOCKERFILE
    assert "/healthz" in DOCKERFILE.split("HEALTHCHECK", 1)[1].split('CMD ["adapt"')[0]
    assert re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE) == ["python:3.13-slim", "python:3.13-slim"]


@pytest.mark.parametrize("folder", ["app", "migrations", "pathways", "requirements"])
def test_the_image_is_given_every_folder_it_copies(folder: str) -> None:
    assert f"COPY {folder}/ {folder}/" in DOCKERFILE
    assert f"!{folder}/" in (ROOT / ".dockerignore").read_text().splitlines()
    assert (ROOT / folder).is_dir()


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_operations_explains_every_setting(name: str) -> None:
    variable = Settings.model_fields[name].validation_alias or f"ADAPT_{name.upper()}"
    assert f"`{variable}`" in (ROOT / "docs" / "operations.md").read_text()


def test_the_containers_are_given_every_setting_about_signing_in_and_mail() -> None:
    given = {name: set(SERVICES[name]["environment"]) for name in ("app", "worker")}
    names = {f"ADAPT_{name.upper()}" for name in Settings.model_fields}
    signing_in = {"ADAPT_PUBLIC_URL", "ADAPT_OIDC_PROVIDERS", "ADAPT_SECRET_KEY", "ADAPT_SECOND_FACTOR_ROLES"}
    assert signing_in | {name for name in names if "_SESSION_" in name} <= given["app"]
    assert {name for name in names if "_SMTP_" in name} | {"ADAPT_MAIL_FROM", "ADAPT_OIDC_PROVIDERS"} <= given["worker"]


def test_a_setting_that_is_given_and_empty_is_as_if_it_were_not(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.setenv(f"ADAPT_{name.upper()}", "")
    assert Settings().oidc_providers == {}
    assert Settings().secret_key is None
