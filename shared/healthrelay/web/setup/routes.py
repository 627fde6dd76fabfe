"""The table of pages: method, address below ``/setup``, who may, and the view.

Who may: ``O`` the owner, ``P`` the person ``<user>`` in the address, ``I`` who has an invitation
(the view looks at it), ``B`` a script with the owner key as Bearer, ``-`` anybody. A view is named
``module:function`` in this folder and imported when it is asked for: a request loads its own page
and no other. *back* is the page with the form, for who must fill it in again.
"""

from __future__ import annotations

from typing import NamedTuple


class Route(NamedTuple):
    """One row."""

    method: str
    path: str
    who: str
    view: str
    back: str = ""


_TARGET = "deliveries/<user>/<target>"

_OF_PERSON = "people/<user>/settings"
ROUTES = (
    Route("GET", "", "-", "door:open_page"),
    Route("GET", "sign-in", "-", "door:show_sign_in"),
    Route("POST", "sign-in", "-", "door:sign_in"),
    Route("POST", "sign-out", "-", "door:sign_out"),
    Route("POST", "sign-out/everywhere", "OP", "door:sign_out_everywhere"),
    Route("GET", "start/google", "O", "start_google:show"),
    Route("POST", "project", "O", "start_google:save", back="start/google"),
    Route("GET", "start/client", "O", "start_client:show"),
    Route("POST", "client", "O", "start_client:save", back="start/client"),
    Route("GET", "start/people", "O", "start_people:show"),
    Route("POST", "people", "O", "start_people:add", back="start/people"),
    Route("POST", "people/<user>/invite", "O", "start_people:invite", back="start/people"),
    Route("POST", "people/<user>/invite/end", "O", "start_people:end", back="start/people"),
    Route("GET", "start/igor", "O", "start_igor:show"),
    Route("POST", "igor", "O", "start_igor:save", back="start/igor"),
    Route("POST", "igor/paste", "O", "start_igor:make_paste", back="start/igor"),
    Route("POST", "igor/kept", "O", "start_igor:close_paste", back="start/igor"),
    Route("GET", "igor", "O", "igor:show"),
    Route("POST", "igor/send", "O", "igor:send", back="igor"),
    Route("POST", "igor/push", "O", "igor:push", back="igor"),
    Route("POST", "igor/key", "O", "igor:make_key", back="igor"),
    Route("GET", "deliveries", "O", "deliveries:show"),
    Route("POST", "deliveries", "O", "deliveries:add"),
    Route("POST", f"{_TARGET}/replay", "O", "deliveries:send_again", back="deliveries"),
    Route("POST", f"{_TARGET}/test", "O", "deliveries:test", back="deliveries"),
    Route("POST", f"{_TARGET}/rotate", "O", "deliveries:make_keys", back="deliveries"),
    Route("POST", f"{_TARGET}/rotate/end", "O", "deliveries:end_keys", back="deliveries"),
    Route("POST", f"{_TARGET}/remove", "O", "deliveries:remove", back="deliveries"),
    Route("GET", "settings", "O", "settings:show"),
    Route("POST", "settings", "OB", "settings:save", back="settings"),
    Route("POST", "userSettings", "OB", "user_settings:save"),
    Route("GET", "problem", "-", "failure:show"),
    Route("GET", "i/<letters>", "I", "invited:show"),
    Route("GET", "people/<user>/connect", "OP", "invited:show_known"),
    Route("POST", "people/<user>/connect", "OPI", "invited:connect"),
    Route("GET", "people/<user>/connected", "OP", "connected:show"),
    Route("GET", "people/<user>/not-me", "OP", "connected:question"),
    Route("POST", "people/<user>/me", "OP", "connected:answer", back="people/<user>/connected"),
    Route("POST", "people/<user>/disconnect", "OP", "connected:disconnect", back="people/<user>"),
    Route("GET", "people/<user>/export.zip", "OP", "leave:export"),
    Route("GET", "people/<user>/erase", "OP", "leave:show"),
    Route("POST", "people/<user>/erase", "OP", "leave:erase"),
    Route("GET", "receipts/<word>", "-", "leave:show_receipt"),
    Route("GET", _OF_PERSON, "OP", "person_settings:show"),
    Route("POST", _OF_PERSON, "OP", "person_settings:save"),
    Route("POST", "people/<user>/settings/add", "O", "person_settings:add", back=_OF_PERSON),
    Route("GET", "people/<user>", "OP", "person:show"),
    Route("POST", "people/<user>/fetch", "OP", "person:fetch", back="people/<user>"),
    Route("GET", "people/<user>/charts/<chart>", "OP", "chart_page:show"),
    Route("GET", "people/<user>/days.csv", "OP", "measurements:days"),
    Route("GET", "people/<user>/measurements", "OP", "measurements:show_all"),
    Route("GET", "people/<user>/measurements/<series>", "OP", "measurements:show"),
    Route("GET", "assets/<name>", "-", "assets:show"),
)
