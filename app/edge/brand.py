"""How a partnership's pages look: its name, its colour and its logo."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response
from starlette.responses import FileResponse

from app.kernel.problems import NotFound

PRODUCT: Final = "Adapt"
router = APIRouter(include_in_schema=False)
_FOR_AN_HOUR: Final = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}
# A picture that is opened by itself runs nothing, whatever is in it.
_INERT: Final = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """The look of one partnership. `colour` is `#rrggbb`, dark enough for white text; `logo` a picture's file."""

    name: str
    colour: str
    logo: Path | None = None

    @property
    def css(self) -> str:
        """The stylesheet that gives the colour to the rest."""
        return f":root{{--brand:{self.colour}}}\n"

    @property
    def stylesheet(self) -> str:
        """The stylesheet's address; another colour has another."""
        return f"/brand.css?v={sha256(self.css.encode()).hexdigest()[:12]}"


@router.get("/brand.css")
async def get_stylesheet(request: Request) -> Response:
    """The partnership's colour, as a custom property."""
    brand: Brand = request.app.state.brand
    return Response(brand.css, media_type="text/css", headers=_FOR_AN_HOUR)


@router.get("/brand/logo")
async def get_logo(request: Request) -> Response:
    """The partnership's logo, where it has one."""
    brand: Brand = request.app.state.brand
    if brand.logo is None:
        raise NotFound("This partnership has no logo.")
    return FileResponse(brand.logo, headers={**_FOR_AN_HOUR, **_INERT})
