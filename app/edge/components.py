"""GOV.UK Frontend's components, from the package that has their macros for Jinja."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from jinja2 import ChainableUndefined, Environment, PackageLoader, PrefixLoader
from markupsafe import Markup

_PACKAGE: Final = "govuk_frontend_jinja"


class Components:
    """GOV.UK Frontend's components as functions of their options: `govuk.button({"text": "Continue"})`.

    Their macros come from a package and count on options that are not there being nothing; in our own templates
    that is a fault. So they are filled in by an environment of their own.
    """

    def __getattr__(self, name: str) -> Callable[[Mapping[str, Any]], Markup]:
        """The component of this name, with `_` for the hyphen; AttributeError where there is none."""
        if name.startswith("__"):
            raise AttributeError(name)
        return _component(name)


@cache
def _component(name: str) -> Callable[[Mapping[str, Any]], Markup]:
    template = _components().get_template(f"{_PACKAGE}/components/{name.replace('_', '-')}/macro.html")
    macro: Callable[[Mapping[str, Any]], Markup] = getattr(
        template.module, "govuk" + "".join(word.capitalize() for word in name.split("_"))
    )
    return macro


@cache
def _components() -> Environment:
    return Environment(
        loader=PrefixLoader({_PACKAGE: PackageLoader(_PACKAGE)}),
        autoescape=True,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
