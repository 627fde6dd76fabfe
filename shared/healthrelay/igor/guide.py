"""All that the owner of an Igor types or pastes to let healthrelay in, ready to copy.

Every command printed here is run against a real Igor by the tests.
"""

from __future__ import annotations

import shlex
from typing import NamedTuple
from urllib.parse import urlsplit

from healthrelay.igor.action import (
    AUTHENTICATION,
    GET,
    INTERVAL,
    OWNER,
    PUT,
    ack_action,
    ack_name,
    given,
    igor_action,
    needed,
    pull_name,
)

KEY = "POLL-KEY"
"""Stands where the poll key belongs when none was made."""


class House(NamedTuple):
    """One person, our address, and the Igor that polls it."""

    user: str
    relay_url: str
    """Where `relay` answers, without a query."""
    key: str = KEY
    prefix: str = "sensors/fitbit"
    igor_url: str = "http://localhost:9333"
    ca: str = ""
    """The file with Igor's own certificate, when no public authority signed it."""
    ack: bool = False
    interval: int = INTERVAL
    days: int = 0
    """How much Igor is to get; 0 leaves it to the relay."""

    @property
    def poll_url(self) -> str:
        """What Igor asks; to acknowledge, the answer must say which state it is."""
        days = f"&days={self.days}" if self.days else ""
        cursor = "&cursor=1" if self.ack else ""
        return f"{self.relay_url}?user={self.user}&key={self.key}{days}{cursor}"

    @property
    def ack_url(self) -> str:
        """Where Igor says what it has."""
        return f"{self.relay_url}/ack?user={self.user}&key={self.key}"


def fragment(house: House) -> str:
    """A plugin's fragment, which Igor merges into its database at the next start.

    ``sensors/fitbit`` bears no mark of the plugin: taking the plugin out again leaves the
    measurements where they are.
    """
    user, prefix = house.user, house.prefix
    right = needed(prefix, PUT)
    actions = [igor_action(user, house.poll_url, prefix, house.interval, right)]
    if house.ack:
        actions.append(ack_action(user, house.ack_url, prefix, needed(prefix, GET)))
    owned = f'<action own:plugin="{pull_name(user)}"'
    told = "\n".join(actions).replace("<action", owned)
    opening = "".join(f"<{name}>" for name in prefix.split("/"))
    closing = "".join(f"</{name}>" for name in reversed(prefix.split("/")))
    return f"""\
<?xml version="1.0" ?>
<data xmlns:own="{OWNER}" xmlns:au="{AUTHENTICATION}">
{opening}{closing}
<actions>
{told}
</actions>
</data>
"""


def guide(house: House) -> str:
    """The whole guide as Markdown; each block between fences is for copying."""
    return f"""\
# Igor and {house.user}

{_told_key(house)}

Igor needs its plugin copytree once: stop Igor, `igorSetup addstd copytree`, start it. Each
command asks for the password of Igor's admin. docs/igor.md says why this way, and how to push.

{_running(house)}
{_at_rest(house)}
{_pushing(house)}"""


def _running(house: House) -> str:
    return f"""\
## Into a running Igor

The first lines make {house.prefix} where it is missing; running them again changes nothing.

```sh
{_parent(house)}
```

```sh
{_install(house)}
```
"""


def _at_rest(house: House) -> str:
    name = pull_name(house.user)
    return f"""\
## Or as a file, while Igor is stopped

In Igor's folder, mostly `~/.igor`, make an empty folder `plugins/{name}`, save this beside it as
`plugins/{name}.xml`, and start Igor.

```xml
{fragment(house).rstrip()}
```
"""


def _pushing(house: House) -> str:
    return f"""\
## To push as well

Only towards an Igor on your own network, or behind a tunnel or the proxy in igor/nginx.conf. An
Igor that checks capabilities wants a key that can do nothing but store below {house.prefix}.
Mint it after Igor's second start, for those of the first are forgotten. The first line makes
Igor's signing key, once; "already exists" is fine.

```sh
{_mint(house, house.prefix, "descendant")}
```

Or one for {house.user} alone:

```sh
{_mint(house, f"{house.prefix}/{house.user}", "descendant-or-self")}
```

The long text that comes back is what `healthrelay igor {house.igor_url}` asks for.
An Igor started with --noCapabilities needs no key: it lets everybody in, so let nobody reach it.
"""


def _told_key(house: House) -> str:
    told = (
        f"{KEY} stands for the poll key, of which only a hash is kept. With --new-key a new one"
        "\nis made and filled in; the old one then stops."
        if house.key == KEY
        else "The poll key below is shown this once; the one before it has stopped."
    )
    if urlsplit(house.relay_url).hostname in ("127.0.0.1", "localhost", "::1"):
        told += (
            "\n\nOnly an Igor on this very machine can reach the address below: set"
            "\nHEALTHRELAY_PUBLIC_URL to the one that Igor can reach."
        )
    return told


def _curl(house: House, *words: str) -> str:
    trust = ["--cacert", house.ca] if house.ca else []
    return shlex.join(["curl", "--silent", "--show-error", *trust, "--user", "admin", *words])


def _parent(house: House) -> str:
    """A PUT on an element that exists would empty it, so only a 404 allows one."""
    url = f"{house.igor_url}/data/{house.prefix}"
    asked = _curl(house, "--output", "/dev/null", "--write-out", "%{http_code}", url)
    json = ["--header", "Content-Type: application/json", "--data", "{}"]
    made = _curl(house, "--request", "PUT", *json, url)
    return f'test "$({asked})" != 404 ||\n{made}'


def _install(house: House) -> str:
    user, prefix = house.user, house.prefix
    right = given(pull_name(user), prefix, PUT)
    pull = igor_action(user, house.poll_url, prefix, house.interval, right)
    if not house.ack:
        return _put_action(house, pull_name(user), pull)
    # First, so that it hears of what the other one stores at once.
    ack = ack_action(user, house.ack_url, prefix, given(ack_name(user), prefix, GET))
    return "\n".join(
        (_put_action(house, ack_name(user), ack), _put_action(house, pull_name(user), pull))
    )


def _put_action(house: House, name: str, action: str) -> str:
    """By its name, so that a second time replaces it instead of polling twice."""
    xml = "".join(line.strip() for line in action.splitlines())
    url = f"{house.igor_url}/data/actions/action%5Bname=%22{name}%22%5D"
    header = ["--header", "Content-Type: application/xml"]
    return _curl(house, "--request", "PUT", *header, "--data", xml, url)


def _mint(house: House, path: str, put: str) -> str:
    """What is left out would be inherited from the admin's own right, so it is said empty."""
    control = f"{house.igor_url}/internal/accessControl"
    rights = f"put={put}&get=&post=&delete="
    asked = f"tokenId=admin-data&newPath=/data/{path}&{rights}&subject=healthrelay"
    line = ["--write-out", r"\n"]  # Igor ends neither answer with one
    key = _curl(house, *line, f"{control}/createSharedKey")
    return f"{key}\n{_curl(house, *line, f'{control}/exportToken?{asked}')}"
