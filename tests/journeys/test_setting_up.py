"""A partnership sets itself up by command: its name, another jurisdiction's pathway, a local holiday."""

import psycopg
import pytest
from typer.testing import CliRunner

from app.__main__ import cli
from app.kernel.conninfo import conninfo
from app.people.passwords import verify_password

pytestmark = pytest.mark.database


@pytest.fixture
def run(fresh_database_url: str, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("ADAPT_OWNER_DATABASE_URL", fresh_database_url)
    return CliRunner()


def one(url: str, query: str) -> tuple[object, ...] | None:
    with psycopg.connect(conninfo(url)) as connection:
        return connection.execute(query).fetchone()


def test_a_partnership_names_itself_and_chooses_its_pathway(run: CliRunner, fresh_database_url: str) -> None:
    command = ["partnership", "set-up", "Testshire", "--pathway", "disabled-facilities-grant"]
    assert run.invoke(cli, command).exit_code == 0
    found = one(fresh_database_url, "SELECT name, pathway_key, calendar_key FROM partnership")
    assert found == ("Testshire", "disabled-facilities-grant", "england")


def test_a_pathway_that_is_not_there_is_refused_and_nothing_is_written(run: CliRunner, fresh_database_url: str) -> None:
    assert run.invoke(cli, ["partnership", "set-up", "Testshire", "--pathway", "nowhere"]).exit_code == 1
    assert one(fresh_database_url, "SELECT count(*) FROM partnership") == (0,)


def test_a_local_holiday_counts_in_reports_at_once(run: CliRunner, fresh_database_url: str) -> None:
    days = "SELECT working FROM calendar_days WHERE calendar_key = 'scotland' AND day = '2026-07-13'"
    assert run.invoke(cli, ["partnership", "local-day", "2026-07-13", "Trades holiday"]).exit_code == 0
    assert one(fresh_database_url, days) == (False,)
    assert run.invoke(cli, ["partnership", "local-day", "2026-07-13", "Trades holiday", "--working"]).exit_code == 0
    assert one(fresh_database_url, days) == (True,)


def test_a_day_that_is_none_is_refused_in_words(run: CliRunner) -> None:
    answer = run.invoke(cli, ["partnership", "local-day", "13/07/2026", "Trades holiday"])
    assert answer.exit_code == 1
    assert "YYYY-MM-DD" in answer.output


def test_a_password_is_set_by_command_and_a_short_one_refused(run: CliRunner, fresh_database_url: str) -> None:
    added = ["organisation", "add", "clydeview", "Clydeview Housing Association", "housing_association"]
    assert run.invoke(cli, added).exit_code == 0
    user = ["user", "add", "davina@test.example", "Davina Dummie", "clydeview", "housing_officer"]
    assert run.invoke(cli, user).exit_code == 0
    command = ["user", "password", "davina@test.example"]
    assert run.invoke(cli, command, input="short\nshort\n").exit_code == 1
    phrase = "lantern gravel oatmeal"
    assert run.invoke(cli, command, input=f"{phrase}\n{phrase}\n").exit_code == 0
    found = one(fresh_database_url, "SELECT password_hash FROM users")
    assert found is not None
    assert verify_password(phrase, str(found[0]))
