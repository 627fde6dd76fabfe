"""Igor's ``database.xml``, read for what the old plugin ``fitbit`` kept in it.

The places are those of a real Igor 0.99.1: ``identities/<user>/plugindata/fitbit``,
``sensors/fitbit/<user>``, ``plugindata/fitbit`` and the actions that call ``/plugin/fitbit``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree
from xml.parsers import expat

from healthrelay.core.errors import BadRequest, TooLarge
from healthrelay.core.igor_json import MAX_DEPTH
from healthrelay.core.json import Json
from healthrelay.igor.old_plugin import Left, Person

MAX_BYTES = 256_000_000


def read(database: bytes, plugin: str) -> Left:
    """What the plugin installed under the name *plugin* left in *database*.

    Raises `BadRequest` for what is no database of Igor's. A document type is refused unread:
    Igor writes none, and its entities could grow without end or name other files.
    """
    root = _parsed(database)
    names = dict.fromkeys(
        (
            *(one.tag for one in _below(root, "identities") if _kept(one, plugin) is not None),
            *(one.tag for one in _below(root, f"sensors/{plugin}")),
        )
    )
    return Left(
        tuple(_person(root, name, plugin) for name in names),
        tuple(one.tag for one in _below(root, f"plugindata/{plugin}") if one.tag != "action"),
    )


def _parsed(database: bytes) -> ElementTree.Element:
    if len(database) > MAX_BYTES:
        raise TooLarge(f"A database of more than {MAX_BYTES // 1_000_000} MB is not read.")

    def refuse(*_: object) -> None:
        raise BadRequest("The file has a document type, which Igor never writes; it is not read.")

    first = expat.ParserCreate()
    first.StartDoctypeDeclHandler = refuse
    try:
        first.Parse(database, True)
        # Without a document type there is no entity that could be declared.
        root = ElementTree.fromstring(database)  # noqa: S314
    except (expat.ExpatError, ElementTree.ParseError, ValueError, LookupError) as error:
        raise BadRequest(f"The file is no XML ({error}).") from None
    if root.tag != "data":
        raise BadRequest("The file is no database of Igor's: its root is not <data>.")
    return root


def _below(root: ElementTree.Element, path: str) -> Iterator[ElementTree.Element]:
    """The elements in all places at *path*, without Igor's own notes of rights and owners."""
    return (one for place in root.iterfind(path) for one in place if not one.tag.startswith("{"))


def _kept(identity: ElementTree.Element, plugin: str) -> ElementTree.Element | None:
    return identity.find(f"plugindata/{plugin}")


def _person(root: ElementTree.Element, name: str, plugin: str) -> Person:
    settings: dict[str, str] = {}
    series: dict[str, list[Json]] = {}
    connected = False
    for one in _named(_below(root, "identities"), name):
        for setting in _below(one, f"plugindata/{plugin}"):
            if setting.tag == "token":
                connected = True
            else:
                settings[setting.tag] = (setting.text or "").strip()
    for one in _named(_below(root, f"sensors/{plugin}"), name):
        for element in _below(one, "."):
            series.setdefault(element.tag, []).append(_value(element))
    return Person(name, settings, series, connected, list(_actions(root, name, plugin)))


def _named(elements: Iterable[ElementTree.Element], name: str) -> Iterator[ElementTree.Element]:
    # Not as a path: a name may hold what means something there.
    return (one for one in elements if one.tag == name)


def _actions(root: ElementTree.Element, name: str, plugin: str) -> Iterator[dict[str, str]]:
    """The arguments of each action that fetches for *name*."""
    for place in ("actions/action", f"plugindata/{plugin}/action"):
        for url in root.iterfind(f"{place}/url"):
            said = urlsplit((url.text or "").strip())
            arguments = dict(parse_qsl(said.query))
            if said.path == f"/plugin/{plugin}" and arguments.pop("user", None) == name:
                yield arguments


def _value(element: ElementTree.Element, depth: int = 0) -> Json:
    """Texts at the leaves, lists where a name is repeated."""
    if depth >= MAX_DEPTH:
        return None
    members: dict[str, list[Json]] = {}
    for one in _below(element, "."):
        members.setdefault(one.tag, []).append(_value(one, depth + 1))
    if not members:
        return (element.text or "").strip()
    return {name: found if len(found) > 1 else found[0] for name, found in members.items()}
