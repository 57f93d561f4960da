"""The key that second factors are kept with, where none was given."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app.commands.preparation import with_secret_key
from app.settings import Settings


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with ThreadPoolExecutor(8) as several:
        made = list(several.map(lambda _: with_secret_key(settings).secret_key, range(16)))
    assert len({key.get_secret_value() for key in made if key is not None}) == 1
    assert len(made[0].get_secret_value()) >= 43
    assert [(file.name, file.stat().st_mode & 0o777) for file in tmp_path.iterdir()] == [("secret-key", 0o600)]


def test_a_key_that_was_given_is_kept(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, secret_key="k" * 40)
    assert with_secret_key(settings) is settings
    assert list(tmp_path.iterdir()) == []
