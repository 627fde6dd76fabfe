"""Reading the data of the old plugin ``fitbit`` from Igor's ``database.xml``.

The paths are those of a real Igor 0.99.1: ``identities/<user>/plugindata/fitbit``,
``sensors/fitbit/<user>``, ``plugindata/fitbit`` and the actions that call ``/plugin/fitbit``.
"""

from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree
from xml.parsers import expat

from healthrelay.core.errors import BadRequest, TooLarge
from healthrelay.core.igor_json import MAX_DEPTH
from healthrelay.core.json import Json
from healthrelay.igor.old_plugin import LegacyData, LegacyPerson

MAX_BYTES = 256_000_000


def read_database(database: bytes, plugin: str) -> LegacyData:
    """Return the data in *database* of the plugin installed under the name *plugin*.

    Raise `BadRequest` if it is not a database of Igor's. A document type is refused unread:
    Igor writes none, and its entities could expand without limit or name other files.
    """
    root = _parse_xml(database)
    names = dict.fromkeys(
        (
            *(one.tag for one in _children(root, "identities") if _has_data(one, plugin)),
            *(one.tag for one in _children(root, f"sensors/{plugin}")),
        )
    )
    return LegacyData(
        tuple(_person_settings(root, name, plugin) for name in names),
        tuple(one.tag for one in _children(root, f"plugindata/{plugin}") if one.tag != "action"),
    )


def _parse_xml(database: bytes) -> ElementTree.Element:
    if len(database) > MAX_BYTES:
        raise TooLarge(f"The database is larger than {MAX_BYTES // 1_000_000} MB, the limit.")

    def refuse(*_: object) -> None:
        raise BadRequest(
            "The file has a document type, which Igor never writes, so it is not read."
        )

    first = expat.ParserCreate()
    first.StartDoctypeDeclHandler = refuse
    try:
        first.Parse(database, True)
        # Without a document type there is no entity that could be declared.
        root = ElementTree.fromstring(database)  # noqa: S314
    except (expat.ExpatError, ElementTree.ParseError, ValueError, LookupError) as error:
        raise BadRequest(f"The file is not XML ({error}).") from None
    if root.tag != "data":
        raise BadRequest("The file is not a database of Igor's: its root is not <data>.")
    return root


def _children(root: ElementTree.Element, path: str) -> Iterator[ElementTree.Element]:
    """Return the children of all elements at *path*, without Igor's notes of rights and owners."""
    return (one for place in root.iterfind(path) for one in place if not one.tag.startswith("{"))


def _has_data(identity: ElementTree.Element, plugin: str) -> bool:
    return identity.find(f"plugindata/{plugin}") is not None


def _person_settings(root: ElementTree.Element, name: str, plugin: str) -> LegacyPerson:
    settings: dict[str, str] = {}
    series: dict[str, list[Json]] = {}
    connected = False
    for element in _with_tag(_children(root, "identities"), name):
        for setting in _children(element, f"plugindata/{plugin}"):
            if setting.tag == "token":
                connected = True
            else:
                settings[setting.tag] = (setting.text or "").strip()
    for place in _with_tag(_children(root, f"sensors/{plugin}"), name):
        for element in _children(place, "."):
            series.setdefault(element.tag, []).append(_to_value(element))
    return LegacyPerson(name, settings, series, connected, list(_actions(root, name, plugin)))


def _with_tag(elements: Iterable[ElementTree.Element], name: str) -> Iterator[ElementTree.Element]:
    # Not as a path: a name may hold characters with a meaning there.
    return (element for element in elements if element.tag == name)


def _actions(root: ElementTree.Element, name: str, plugin: str) -> Iterator[dict[str, str]]:
    """Yield the arguments of each action that fetches for *name*."""
    for place in ("actions/action", f"plugindata/{plugin}/action"):
        for url in root.iterfind(f"{place}/url"):
            address = urlsplit((url.text or "").strip())
            arguments = dict(parse_qsl(address.query))
            if address.path == f"/plugin/{plugin}" and arguments.pop("user", None) == name:
                yield arguments


def _to_value(element: ElementTree.Element, depth: int = 0) -> Json:
    """Return texts for leaves, lists where a name is repeated."""
    if depth >= MAX_DEPTH:
        return None
    members: dict[str, list[Json]] = {}
    for child in _children(element, "."):
        members.setdefault(child.tag, []).append(_to_value(child, depth + 1))
    if not members:
        return (element.text or "").strip()
    return {name: values if len(values) > 1 else values[0] for name, values in members.items()}
