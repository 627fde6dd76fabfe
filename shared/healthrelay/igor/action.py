"""The actions that a household puts into Igor's database: one polls, one acknowledges.

Igor runs an action by itself; where it checks capabilities, an action also carries the one
right it needs. What Igor understands was measured on 0.99.1.
"""

from urllib.parse import quote
from xml.sax.saxutils import escape

POLL_INTERVAL_SECONDS = 900
"""Between polls: one that brings nothing new changes nothing in Igor. The old plugin had 36000."""
AUTHENTICATION = "http://jackjansen.nl/igor/authentication"
OWNER = "http://jackjansen.nl/igor/owner"


def igor_action(
    user: str, poll_url: str, prefix: str, interval: int = POLL_INTERVAL_SECONDS, right: str = ""
) -> str:
    """Return an Igor ``<action>`` that copies *poll_url* to ``<prefix>/<user>`` with ``copytree``.

    ``representing`` names one level under ``sensors``: Igor records no status below that.
    *right* is from `need_capability` or `capability`, for an Igor that checks capabilities.
    """
    source = quote(poll_url, safe="")
    url = f"/plugin/copytree?src={source}&dst=/data/{prefix}/{user}&mimetype=application/json"
    return f"""\
{_opening_tag(right)}
  <name>{poll_action_name(user)}</name>
  <interval>{interval}</interval>
  <url>{escape(url)}</url>
  <representing>{_status_place(prefix)}</representing>{_indent(right)}
</action>"""


def ack_action(user: str, ack_url: str, prefix: str, right: str = "") -> str:
    """Return an ``<action>`` that reports to *ack_url* which state Igor has, at each change.

    Igor replaces the braces by the cursor that came with the data, and sends it once: a lost
    acknowledgement comes with the next change.
    """
    url = f"{ack_url}&cursor={{/data/{prefix}/{user}/relay/cursor}}"
    return f"""\
{_opening_tag(right)}
  <name>{ack_action_name(user)}</name>
  <xpath>/data/{prefix}/{user}</xpath>
  <url>{escape(url)}</url>
  <representing>{_status_place(prefix)}Ack</representing>{_indent(right)}
</action>"""


def poll_action_name(user: str) -> str:
    """Return the polling action's name, by which it can be replaced and deleted."""
    return f"healthrelay-{user}"


def ack_action_name(user: str) -> str:
    return f"healthrelay-ack-{user}"


def need_capability(prefix: str, rights: str) -> str:
    """Return the right that Igor mints for an action while it merges a plugin's fragment."""
    return f"<au:needCapability>{_scope(prefix, rights)}</au:needCapability>"


def capability(name: str, prefix: str, rights: str) -> str:
    """Return the right as the owner gives it to the action *name* of a running Igor."""
    return f"<au:capability><cid>{name}</cid>{_scope(prefix, rights)}</au:capability>"


PUT = "<put>descendant</put>"
GET = "<get>descendant-or-self</get>"


def _scope(prefix: str, rights: str) -> str:
    return f"<obj>/data/{prefix}</obj>{rights}"


def _status_place(prefix: str) -> str:
    return "/".join(prefix.split("/")[:2])


def _opening_tag(right: str) -> str:
    return f'<action xmlns:au="{AUTHENTICATION}">' if right else "<action>"


def _indent(right: str) -> str:
    return f"\n  {right}" if right else ""
