"""The action that a household pastes into Igor's database, and Igor polls from then on."""

from __future__ import annotations

from urllib.parse import quote
from xml.sax.saxutils import escape

INTERVAL = 36_000
"""Seconds between polls, as the old plugin's own action had it."""


def igor_action(user: str, poll_url: str, prefix: str) -> str:
    """An Igor ``<action>`` that copies *poll_url* to ``<prefix>/<user>`` with stock ``copytree``.

    ``representing`` names one level under ``sensors``: Igor records no status below that.
    """
    source = quote(poll_url, safe="")
    url = f"/plugin/copytree?src={source}&dst=/data/{prefix}/{user}&mimetype=application/json"
    representing = "/".join(prefix.split("/")[:2])
    return f"""\
<action>
  <name>healthrelay-{user}</name>
  <interval>{INTERVAL}</interval>
  <url>{escape(url)}</url>
  <representing>{representing}</representing>
</action>"""
