"""What every answer of the page carries."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from healthrelay.web.services import WebServices

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self';"
    " form-action 'self' {provider}; base-uri 'none'; frame-ancestors 'none'"
)


def headers(services: WebServices) -> dict[str, str]:
    """Return the headers: nothing is cached, framed, or asked of anybody else.

    A form may lead to the provider's address: browsers apply ``form-action`` to the redirect that
    follows a form, too (Chromium stops it with an error in the console).
    """
    return {
        "Cache-Control": "no-store",
        "Content-Security-Policy": _POLICY.format(provider=_origin(services.authorize_url)),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
