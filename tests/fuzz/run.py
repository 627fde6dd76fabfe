"""Odd requests and odd answers, as many as wanted, from one seed: ``make fuzz``.

Every function gets random requests over a socket, without a key and with one; then both
providers' answers are bent on their way, from the data, token, identity and revoke endpoints.
Prints one JSON line a part; the exit code is 1 when one answered 500, showed a secret, stored
what it must not, or lost a login or a record.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator

from tests.fuzz.answers import SERIES, bend, tokens_of
from tests.fuzz.browsers import SIGNED, signed_in, strangers
from tests.fuzz.doors import FUNCTIONS, Answered, ask, fingerprint
from tests.fuzz.home import Home, home
from tests.fuzz.requested import Keys
from tests.household import OWNER_KEY

REQUESTS = 10_000
ROUNDS = 2_000
SHOWN = 5
DEFECT = re.compile(r"Traceback|\.py:[0-9]+")
"""How the log names a place in the code."""
LINES = 40
"""Of the log, from a place in the code on: as many as a traceback has."""
PROVIDERS = ("google_health", "fitbit")


def knock(requests: int, seed: int) -> Iterator[dict[str, object]]:
    """Yield what comes of so many requests to each function, three in four without a key."""
    with home("google_health", seed) as at:
        household = at.household
        household.connect("jack", **SERIES)
        household.fetched("jack")
        nobody = Keys(browser=strangers(household.services))
        keys = Keys(OWNER_KEY, household.poll_key(), signed_in(household.services))
        secrets = {
            keys.owner,
            keys.poll,
            household.services.settings.client_secret,
            *tokens_of(household),
        }
        before = fingerprint(at.database)
        for name in FUNCTIONS:
            strange = ask(household.url, name, requests - requests // 4, seed, nobody, secrets)
            yield _result(f"{name} without a key", strange, at, secrets)
        if fingerprint(at.database) != before:
            yield _line("all without a key", Counter(), ["something was stored"])
        for name in FUNCTIONS:
            known = ask(household.url, name, requests // 4, seed, keys, secrets)
            yield _result(f"{name} with a key", known, at, secrets)


def distort(provider: str, rounds: int, seed: int) -> dict[str, object]:
    """Return the result of so many rounds of bent answers of *provider*."""
    with home(provider, seed) as at:
        done = bend(at.household, at.bent, rounds, seed)
        failures = [f"{what} in round {number}" for what, number in done.failures]
        failures += _shown_in_log(at, done.secrets)
        texts = "\n".join(done.texts)
        failures += ["an answer showed a secret" for secret in done.secrets if secret in texts]
        bent = dict(at.bent.bent.most_common(12))
        return _line(provider, done.statuses, failures) | {"bent": at.bent.bent.total(), "of": bent}


def good(results: list[dict[str, object]]) -> bool:
    """Return whether nothing was wrong."""
    return not any(result["failures"] for result in results)


def _result(part: str, answered: Answered, at: Home, secrets: set[str]) -> dict[str, object]:
    failures = [f"{what}: {message!r}" for what, message in answered.failures]
    return _line(part, answered.statuses, failures + _shown_in_log(at, secrets))


def _line(part: str, statuses: Counter[int], failures: list[str]) -> dict[str, object]:
    counts = {str(status): count for status, count in sorted(statuses.items())}
    return {"part": part, "statuses": counts, "failures": failures}


def _shown_in_log(at: Home, secrets: set[str]) -> list[str]:
    """Return what the log shows that it must not; it is looked at once."""
    text = at.log.getvalue()
    at.log.seek(0)
    at.log.truncate()
    lines = text.splitlines()
    places = [place for place, line in enumerate(lines) if DEFECT.search(line)]
    failures = [f"a defect: {' | '.join(lines[place : place + LINES])}" for place in places]
    failures += ["the log showed what is signed" for _ in SIGNED.findall(text)]
    return failures + ["the log showed a secret" for secret in secrets if secret in text]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=REQUESTS, help="to each function")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="of each provider")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    results: list[dict[str, object]] = []
    for result in knock(args.requests, args.seed):
        results.append(result)
        _print(result)
    for provider in PROVIDERS:
        results.append(distort(provider, args.rounds, args.seed))
        _print(results[-1])
    return 0 if good(results) else 1


def _print(result: dict[str, object]) -> None:
    failures = result["failures"]
    assert isinstance(failures, list)
    print(json.dumps(result | {"failures": failures[:SHOWN], "failed": len(failures)}), flush=True)


if __name__ == "__main__":
    sys.exit(main())
