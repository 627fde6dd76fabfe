"""A person takes their own along, or is erased, with a receipt."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Response
from itsdangerous import BadData

from healthrelay.core.grants.consent import CONSENTS
from healthrelay.core.household.receipt import Receipt
from healthrelay.flows.grants.sessions import PERSON
from healthrelay.flows.grants.signed import SignedNotes
from healthrelay.flows.require import require_settings
from healthrelay.web.problem_names import case_word
from healthrelay.web.setup.phrases import Phrases, person_name
from healthrelay.web.setup.problem import Problem
from healthrelay.web.setup.render import render

if TYPE_CHECKING:
    from healthrelay.web.setup.visit import Visit

RECEIPT_AGE = timedelta(hours=1)
MAX_ADDRESSES = 2_000
"""Of a receipt, in letters: it lies in a cookie, which browsers cut off after 4,096."""


def export(visit: Visit) -> Response:
    """Give everything that is stored of the person, as JSON and CSV."""
    from io import BytesIO  # noqa: PLC0415 - for this file alone
    from zipfile import ZIP_DEFLATED, ZipFile  # noqa: PLC0415

    from healthrelay.flows.household.export import export as files_of  # noqa: PLC0415

    user, services = visit.args["user"], visit.services
    files = files_of(user, services.store, visit.now, visit.system)
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    response = Response(packed.getvalue(), mimetype="application/zip")
    file = quote(f"healthrelay-{user}.zip")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{file}"
    return response


def show(visit: Visit) -> Response:
    return _page(visit)


def erase(visit: Visit) -> Response:
    """Erase the person whose name was typed; the receipt is theirs for an hour."""
    from healthrelay.flows.household.erase import erase as erase_person  # noqa: PLC0415

    user, services = visit.args["user"], visit.services
    if visit.form.get("name", "").strip() != user:
        return _page(visit, wrong=True)
    receipt = erase_person(user, services.store, services.disconnect, visit.now)
    word = case_word()
    note = {"word": word, "receipt": json.dumps(_brief(receipt))}
    text = SignedNotes(services.owner_key).sign("receipt", note, visit.now)
    visit.set_cookie("receipt", text, RECEIPT_AGE)
    if visit.session.kind == PERSON:
        visit.sign_out()
    return visit.redirect(f"receipts/{word}")


def show_receipt(visit: Visit) -> Response:
    """Show the receipt that this browser was given, as text too (``.txt``)."""
    word, _, kind = visit.args["word"].partition(".")
    receipt = _receipt(word, visit)
    home = visit.services.settings.igor_prefix
    if kind == "txt":
        response = Response(receipt.in_words(home) + "\n", mimetype="text/plain")
        response.headers["Content-Disposition"] = f"attachment; filename=receipt-{word}.txt"
        return response
    if kind:
        raise Problem("no-page")
    consent = CONSENTS[receipt.provider] if receipt.provider else None
    phrases = Phrases(visit.texts, None, visit.now)
    return render(
        visit,
        "erased",
        user=receipt.user,
        person=person_name(receipt.user),
        word=word,
        when=f"{phrases.long_date(receipt.at.date())}, {receipt.at:%H:%M} UTC",
        receipt=receipt,
        count=sum(receipt.records.values()),
        label=consent.label if consent else "",
        manage=consent.manage if consent else "",
        home=home,
    )


def _page(visit: Visit, *, wrong: bool = False) -> Response:
    """Show what would go; what is damaged can be erased, too."""
    from healthrelay.flows.household.erase import readable  # noqa: PLC0415 - for this page alone

    user, services = visit.args["user"], visit.services
    store = services.store
    readable(lambda: require_settings(user, store.identities))
    records = readable(lambda: store.records.everything(user))
    return render(
        visit,
        "erase",
        422 if wrong else 200,
        user=user,
        person=person_name(user),
        count=None if records is None else len(records),
        targets=sorted(readable(lambda: store.targets.of(user)) or ()),
        connected=readable(lambda: store.tokens.load(user)) is not None,
        home=services.settings.igor_prefix,
        label=services.consent.label,
        wrong=wrong,
    )


def _brief(receipt: Receipt) -> dict[str, object]:
    """Return the receipt; where its addresses are too many, without them."""
    targets = dict(receipt.targets)
    if sum(map(len, targets.values())) > MAX_ADDRESSES:
        targets = dict.fromkeys(targets, "its address")
    return {**receipt._asdict(), "at": receipt.at.isoformat(), "targets": targets}


def _receipt(word: str, visit: Visit) -> Receipt:
    """Return the receipt in the browser's cookie. Raise `Problem` for any other."""
    notes, text = SignedNotes(visit.services.owner_key), visit.cookie("receipt")
    try:
        note = notes.read("receipt", text, visit.now, RECEIPT_AGE)
    except BadData:
        raise Problem("no-page") from None
    if note["word"] != word:
        raise Problem("no-page")
    fields = json.loads(note["receipt"])
    return Receipt(**{**fields, "at": datetime.fromisoformat(fields["at"])})
