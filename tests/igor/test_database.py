"""Igor's database.xml as it is read; tests/igor reads one that a real Igor wrote."""

from __future__ import annotations

import pytest

from healthrelay.core.errors import BadRequest
from healthrelay.igor.database import read_database
from healthrelay.igor.old_plugin import LegacyData, LegacyPerson

DATABASE = """<?xml version="1.0" ?>
<data xmlns:own="http://jackjansen.nl/igor/owner" xmlns:au="http://jackjansen.nl/igor/authentication">
    <identities>
        <au:capability><cid>x</cid></au:capability>
        <admin><plugindata/></admin>
        <jack>
            <plugindata><fitbit own:plugin="fitbit">
                <au:capability><cid>y</cid></au:capability>
                <token><access_token>secret</access_token></token>
                <methods> time_series </methods>
                <period/>
            </fitbit></plugindata>
        </jack>
        <amy><plugindata><fitbit/></plugindata></amy>
    </identities>
    <sensors>
        <fitbit own:plugin="fitbit">
            <jack>
                <body-weight><dateTime>2020-01-01</dateTime><value>165.3</value></body-weight>
                <body-weight><dateTime>2020-01-02</dateTime><value>165.0</value></body-weight>
                <note>one &lt; two</note>
            </jack>
            <zoe/>
        </fitbit>
        <other><bob/></other>
    </sensors>
    <plugindata><fitbit>
        <client_id>22ABCD</client_id>
        <action><url>/plugin/fitbit?user=amy&amp;period=1y</url></action>
    </fitbit></plugindata>
    <actions>
        <action><url>/plugin/fitbit?user=jack</url></action>
        <action><url>/plugin/fitbit?user=jack&amp;methods=time_series&amp;resource=body%2Ffat</url></action>
        <action><url>/plugin/other?user=jack&amp;methods=sleep</url></action>
        <action><interval>1</interval></action>
    </actions>
</data>
"""


def test_everything_of_the_plugin_is_found_and_nothing_else() -> None:
    assert read_database(DATABASE.encode(), "fitbit") == LegacyData(
        people=(
            LegacyPerson(
                "jack",
                {"methods": "time_series", "period": ""},
                {
                    "body-weight": [
                        {"dateTime": "2020-01-01", "value": "165.3"},
                        {"dateTime": "2020-01-02", "value": "165.0"},
                    ],
                    "note": ["one < two"],
                },
                connected=True,
                actions=[{}, {"methods": "time_series", "resource": "body/fat"}],
            ),
            LegacyPerson("amy", {}, {}, actions=[{"period": "1y"}]),
            LegacyPerson("zoe", {}, {}, actions=[]),
        ),
        application=("client_id",),
    )


def test_another_name_of_the_plugin_is_another_plugin() -> None:
    assert read_database(DATABASE.encode(), "_fitbit") == LegacyData()


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "prolog",
    [
        pytest.param(f'<!DOCTYPE data [<!ENTITY l0 "lol">{LAUGHS}]>', id="billion laughs"),
        pytest.param('<!DOCTYPE data [<!ENTITY f SYSTEM "file:///etc/passwd">]>', id="a file"),
        pytest.param('<!DOCTYPE data SYSTEM "http://127.0.0.1:9/igor.dtd">', id="a network"),
        pytest.param('<!DOCTYPE data [<!ENTITY % p SYSTEM "file:///x"> %p;]>', id="a parameter"),
        pytest.param("<!DOCTYPE data>", id="nothing in it"),
        pytest.param('<!DOCTYPE data [<!ATTLIST jack x CDATA "y">]>', id="defaults"),
    ],
)
@pytest.mark.parametrize("entity", ["&l9;", "&f;", ""])
def test_a_document_type_is_refused_unread(prolog: str, entity: str) -> None:
    text = f"<?xml version='1.0'?>{prolog}<data><sensors><fitbit><jack>{entity}</jack></fitbit>"

    with pytest.raises(BadRequest, match="has a document type"):
        read_database(f"{text}</sensors></data>".encode(), "fitbit")


def test_a_document_type_hides_in_no_other_encoding() -> None:
    text = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE data [<!ENTITY a "b">]><data/>'

    with pytest.raises(BadRequest, match="has a document type"):
        read_database(text.encode("utf-16"), "fitbit")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", "is not XML"),
        (b"<data><sensors></data>", "is not XML"),
        (b"<data>&nbsp;</data>", "is not XML"),
        (b"\x00\x01\x02", "is not XML"),
        (b"<?xml version='1.0' encoding='klingon'?><data/>", "is not XML"),
        (b"SQLite format 3\x00", "is not XML"),
        (b"<html/>", "is not a database of Igor's"),
        (b"<data xmlns='http://elsewhere'/>", "is not a database of Igor's"),
    ],
)
def test_what_is_no_database_is_said_in_one_sentence(text: bytes, sentence: str) -> None:
    with pytest.raises(BadRequest, match=sentence):
        read_database(text, "fitbit")


def test_a_nesting_without_end_is_cut() -> None:
    deep = "<a>" * 20_000 + "</a>" * 20_000
    text = f"<data><sensors><fitbit><jack>{deep}</jack></fitbit></sensors></data>"

    (jack,) = read_database(text.encode(), "fitbit").people

    assert list(jack.series) == ["a"]
