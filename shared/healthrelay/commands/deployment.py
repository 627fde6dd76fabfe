"""``healthrelay doctor --url``: whether each function is there, and open or closed."""

from healthrelay.adapters.http import Http
from healthrelay.commands.exits import CONFIGURATION, DONE
from healthrelay.commands.output import Result
from healthrelay.config import functions
from healthrelay.core.errors import HealthrelayError

TIMEOUT_SECONDS = 60
"""A first answer may have to wait for a cold start."""


def deployment_result(url: str) -> Result:
    """Return what is wrong with each function, a line each."""
    problems = find_problems(url)
    lines = (f"{name}: {problem or 'well'}" for name, problem in problems.items())
    return Result(problems, "\n".join(lines), CONFIGURATION if any(problems.values()) else DONE)


def find_problems(url: str) -> dict[str, str]:
    """Return what is wrong with each function, empty where all is well. Change nothing."""
    http = Http()
    return {
        name: _problem(http, url.rstrip("/"), name, row.public)
        for name, row in sorted(functions().items())
    }


def _problem(http: Http, url: str, name: str, public: bool) -> str:
    try:
        answer = http.send("GET", f"{url}/{name}?health", {}, seconds=TIMEOUT_SECONDS)
    except HealthrelayError as error:
        return error.sentence
    document = answer.json()
    if isinstance(document, dict) and "error" in document and answer.status >= 500:
        return f"{document['error']} ({document.get('who', 'nobody')} must act)"
    if not public:
        # Only who may call it may know how it is; to the internet it may not be there at all.
        return "" if answer.status in (401, 403, 404) else f"lets a stranger in ({answer.status})"
    well = {"function": name, "status": "pass"}
    if answer.status == 200 and isinstance(document, dict) and {**document, **well} == document:
        return ""
    return f"answers {answer.status}, and does not say that it is well"
