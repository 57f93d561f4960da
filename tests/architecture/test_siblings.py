"""Pages and the API are siblings: the lists that keep them apart name every one of them."""

import tomllib

from tests.support.addresses import ROOT

CONTRACTS = {
    contract["name"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}
NOT_PAGES = {"app.edge.pages", "app.edge.error_pages"}
"""What pages are made with."""


def _modules(pattern: str) -> set[str]:
    found = (path.relative_to(ROOT).with_suffix("") for path in (ROOT / "app").rglob(pattern))
    return {".".join(path.parts) for path in found}


def test_every_page_and_every_part_of_the_api_is_kept_apart() -> None:
    pages = _modules("*pages.py") - NOT_PAGES
    apis = _modules("*api.py") - {"app.edge.openapi"}
    one, other = CONTRACTS["Pages do not know the API"], CONTRACTS["The API does not know the pages"]
    assert set(one["source_modules"]) == set(other["forbidden_modules"]) == pages
    assert set(one["forbidden_modules"]) == set(other["source_modules"]) == apis
