"""Everything that the owner of an Igor types or pastes to let healthrelay in, ready to copy.

The tests run every command printed here against a real Igor.
"""

import shlex
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from healthrelay.igor.action import (
    AUTHENTICATION,
    GET,
    OWNER,
    POLL_INTERVAL_SECONDS,
    PUT,
    ack_action,
    ack_action_name,
    capability,
    igor_action,
    need_capability,
    poll_action_name,
)

KEY_PLACEHOLDER = "POLL-KEY"
"""Stands in place of the poll key when none was created."""


class PollSetup(NamedTuple):
    """One person, our address, and the Igor that polls it."""

    user: str
    relay_url: str
    """The address of `relay`, without a query."""
    key: str = KEY_PLACEHOLDER
    prefix: str = "sensors/fitbit"
    igor_url: str = "http://localhost:9333"
    ca: str = ""
    """The file with Igor's own certificate, when no public authority signed it."""
    ack: bool = False
    interval: int = POLL_INTERVAL_SECONDS
    days: int = 0
    """How much Igor gets; 0 leaves it to the relay."""

    @property
    def poll_url(self) -> str:
        """Return the address that Igor polls; with acknowledgements the answer names its state."""
        days = f"&days={self.days}" if self.days else ""
        cursor = "&cursor=1" if self.ack else ""
        return f"{self.relay_url}?user={self.user}&key={self.key}{days}{cursor}"

    @property
    def ack_url(self) -> str:
        return f"{self.relay_url}/ack?user={self.user}&key={self.key}"


def plugin_fragment(setup: PollSetup) -> str:
    """Return a plugin's fragment, which Igor merges into its database at the next start.

    ``sensors/fitbit`` is not marked as the plugin's: removing the plugin leaves the
    measurements where they are.
    """
    user, prefix = setup.user, setup.prefix
    right = need_capability(prefix, PUT)
    actions = [igor_action(user, setup.poll_url, prefix, setup.interval, right)]
    if setup.ack:
        actions.append(ack_action(user, setup.ack_url, prefix, need_capability(prefix, GET)))
    opening_tag = f'<action own:plugin="{poll_action_name(user)}"'
    text = "\n".join(actions).replace("<action", opening_tag)
    opening = "".join(f"<{name}>" for name in prefix.split("/"))
    closing = "".join(f"</{name}>" for name in reversed(prefix.split("/")))
    return f"""\
<?xml version="1.0" ?>
<data xmlns:own="{OWNER}" xmlns:au="{AUTHENTICATION}">
{opening}{closing}
<actions>
{text}
</actions>
</data>
"""


def guide(setup: PollSetup) -> str:
    """Return the whole guide as Markdown; each fenced block is for copying."""
    return f"""\
# Igor and {setup.user}

{_key_note(setup)}

Igor needs its plugin copytree once: stop Igor, run `igorSetup addstd copytree`, start Igor. Each
command asks for the password of Igor's admin. docs/igor.md explains this way, and how to push.

{_running_section(setup)}
{_file_section(setup)}
{_push_section(setup)}"""


def paste(setups: Sequence[PollSetup]) -> str:
    """Return what is pasted into a shell so that a running Igor polls all of *setups*."""
    return "\n".join([_create_parent(setups[0]), *map(_install_actions, setups)])


def _running_section(setup: PollSetup) -> str:
    return f"""\
## Into a running Igor

The first lines create {setup.prefix} where it is missing; running them again changes nothing.

```sh
{_create_parent(setup)}
```

```sh
{_install_actions(setup)}
```
"""


def save_steps(setup: PollSetup) -> str:
    """Return what to do with the fragment that follows."""
    name = poll_action_name(setup.user)
    return f"""\
In Igor's folder, usually `~/.igor`, create an empty folder `plugins/{name}`, save this beside it as
`plugins/{name}.xml`, and start Igor."""


def _file_section(setup: PollSetup) -> str:
    return f"""\
## Or as a file, while Igor is stopped

{save_steps(setup)}

```xml
{plugin_fragment(setup).rstrip()}
```
"""


def _push_section(setup: PollSetup) -> str:
    return f"""\
## To push as well

Push only to an Igor on your own network, or behind a tunnel or the proxy in igor/nginx.conf. An
Igor that checks capabilities needs a key that can do nothing but store below {setup.prefix}.
Create it after Igor's second start, because keys of the first are lost. The first line creates
Igor's signing key, once; "already exists" is fine.

```sh
{_mint_key(setup, setup.prefix, "descendant")}
```

Or one for {setup.user} alone:

```sh
{_mint_key(setup, f"{setup.prefix}/{setup.user}", "descendant-or-self")}
```

The long text in the answer is what `healthrelay igor {setup.igor_url}` asks for.
An Igor started with --noCapabilities needs no key: it lets everybody in, so keep it unreachable.
"""


def _key_note(setup: PollSetup) -> str:
    text = (
        f"{KEY_PLACEHOLDER} stands for the poll key, of which only a hash is stored. --new-key"
        "\ncreates a new one and fills it in; the old one then stops working."
        if setup.key == KEY_PLACEHOLDER
        else "The poll key below is shown only now; the one before it no longer works."
    )
    if urlsplit(setup.relay_url).hostname in ("127.0.0.1", "localhost", "::1"):
        text += (
            "\n\nOnly an Igor on this machine can reach the address below: set"
            "\nHEALTHRELAY_PUBLIC_URL to the one that Igor can reach."
        )
    return text


def _curl(setup: PollSetup, *words: str) -> str:
    trust = ["--cacert", setup.ca] if setup.ca else []
    return shlex.join(["curl", "--silent", "--show-error", *trust, "--user", "admin", *words])


def _create_parent(setup: PollSetup) -> str:
    """Return a PUT after a 404 only, because it would empty an element that exists."""
    url = f"{setup.igor_url}/data/{setup.prefix}"
    request = _curl(setup, "--output", "/dev/null", "--write-out", "%{http_code}", url)
    json = ["--header", "Content-Type: application/json", "--data", "{}"]
    create = _curl(setup, "--request", "PUT", *json, url)
    return f'test "$({request})" != 404 ||\n{create}'


def _install_actions(setup: PollSetup) -> str:
    user, prefix = setup.user, setup.prefix
    right = capability(poll_action_name(user), prefix, PUT)
    pull = igor_action(user, setup.poll_url, prefix, setup.interval, right)
    if not setup.ack:
        return _put_action(setup, poll_action_name(user), pull)
    # First, so that it sees what the other one stores at once.
    ack = ack_action(user, setup.ack_url, prefix, capability(ack_action_name(user), prefix, GET))
    return "\n".join(
        (
            _put_action(setup, ack_action_name(user), ack),
            _put_action(setup, poll_action_name(user), pull),
        )
    )


def _put_action(setup: PollSetup, name: str, action: str) -> str:
    """Return the PUT of an action by its name, so that a second one replaces the first."""
    xml = "".join(line.strip() for line in action.splitlines())
    url = f"{setup.igor_url}/data/actions/action%5Bname=%22{name}%22%5D"
    header = ["--header", "Content-Type: application/xml"]
    return _curl(setup, "--request", "PUT", *header, "--data", xml, url)


def _mint_key(setup: PollSetup, path: str, put: str) -> str:
    """Return the minting of a key; rights left out would be inherited from the admin's own."""
    control = f"{setup.igor_url}/internal/accessControl"
    rights = f"put={put}&get=&post=&delete="
    request = f"tokenId=admin-data&newPath=/data/{path}&{rights}&subject=healthrelay"
    line = ["--write-out", r"\n"]  # Igor ends neither answer with one
    key = _curl(setup, *line, f"{control}/createSharedKey")
    return f"{key}\n{_curl(setup, *line, f'{control}/exportToken?{request}')}"
