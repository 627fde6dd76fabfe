"""The actions that a household puts into Igor's database: one polls, one acknowledges.

Igor runs an action of its own accord; where it checks capabilities, an action also carries
the one right it needs. What Igor understands was measured on 0.99.1.
"""

from __future__ import annotations

from urllib.parse import quote
from xml.sax.saxutils import escape

INTERVAL = 36_000
"""Seconds between polls, as the old plugin's own action had it."""
AUTHENTICATION = "http://jackjansen.nl/igor/authentication"
OWNER = "http://jackjansen.nl/igor/owner"


def igor_action(
    user: str, poll_url: str, prefix: str, interval: int = INTERVAL, right: str = ""
) -> str:
    """An Igor ``<action>`` that copies *poll_url* to ``<prefix>/<user>`` with stock ``copytree``.

    ``representing`` names one level under ``sensors``: Igor records no status below that.
    *right* is one of `needed` and `given`, for an Igor that checks capabilities.
    """
    source = quote(poll_url, safe="")
    url = f"/plugin/copytree?src={source}&dst=/data/{prefix}/{user}&mimetype=application/json"
    return f"""\
{_opening(right)}
  <name>{pull_name(user)}</name>
  <interval>{interval}</interval>
  <url>{escape(url)}</url>
  <representing>{_status(prefix)}</representing>{_indented(right)}
</action>"""


def ack_action(user: str, ack_url: str, prefix: str, right: str = "") -> str:
    """An ``<action>`` that tells *ack_url* which state Igor has, each time the data changed.

    Igor puts the cursor it was given with the data in place of the braces, and asks once: an
    acknowledgement that is lost comes with the next change.
    """
    url = f"{ack_url}&cursor={{/data/{prefix}/{user}/relay/cursor}}"
    return f"""\
{_opening(right)}
  <name>{ack_name(user)}</name>
  <xpath>/data/{prefix}/{user}</xpath>
  <url>{escape(url)}</url>
  <representing>{_status(prefix)}Ack</representing>{_indented(right)}
</action>"""


def pull_name(user: str) -> str:
    """What the polling action is called, by which it can be replaced and deleted."""
    return f"healthrelay-{user}"


def ack_name(user: str) -> str:
    """What the acknowledging action is called."""
    return f"healthrelay-ack-{user}"


def needed(prefix: str, rights: str) -> str:
    """The right that Igor mints for an action while it merges a plugin's fragment."""
    return f"<au:needCapability>{_reach(prefix, rights)}</au:needCapability>"


def given(name: str, prefix: str, rights: str) -> str:
    """The right as the owner's own hand gives it to the action *name*, at run time."""
    return f"<au:capability><cid>{name}</cid>{_reach(prefix, rights)}</au:capability>"


PUT = "<put>descendant</put>"
GET = "<get>descendant-or-self</get>"


def _reach(prefix: str, rights: str) -> str:
    return f"<obj>/data/{prefix}</obj>{rights}"


def _status(prefix: str) -> str:
    return "/".join(prefix.split("/")[:2])


def _opening(right: str) -> str:
    return f'<action xmlns:au="{AUTHENTICATION}">' if right else "<action>"


def _indented(right: str) -> str:
    return f"\n  {right}" if right else ""
