"""What is read of a person, as a household chooses it: a few boxes, and the settings they mean."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from healthrelay.core.errors import BadRequest
from healthrelay.core.measurements.methods import DEFAULT_METHOD

READS: Mapping[str, tuple[str, ...]] = {
    "weight": ("body/weight", "body/fat"),
    "steps": ("activities/steps",),
    "sleep": (),
    "food": ("foods/log/caloriesIn", "foods/log/water"),
}
"""Box → the resources of `time_series`."""
_METHODS: Mapping[str, tuple[str, ...]] = {
    "weight": ("get_bodyweight", "get_bodyfat"),
    "sleep": ("sleep", "get_sleep"),
    "food": ("foods_log", "foods_log_water"),
}
"""Box → other methods that read some of the same."""
USUAL = ("weight", "steps", "sleep")
"""What is read where nobody chose."""
_HEART = "activities/heart"
"""A heart's zones need what weight and steps need together, so that it comes with both."""
_PERIOD = "1m"
_SERIES = "time_series"


def settings_for(reads: Collection[str]) -> dict[str, str]:
    """Return the settings of a person of whom *reads* are read. Raise `BadRequest` for none."""
    chosen = [name for name in READS if name in reads]
    if not chosen or set(reads) - set(READS):
        raise BadRequest(f"Choose at least one of {', '.join(READS)}.")
    resources = [one for name in chosen for one in READS[name]]
    resources += [_HEART] if {"weight", "steps"} <= set(chosen) else []
    methods = [*([_SERIES] if resources else []), *(["sleep"] if "sleep" in chosen else [])]
    settings = {"methods": ",".join(methods), "period": _PERIOD}
    return settings | ({"resource": ",".join(resources)} if resources else {})


def reads_in(settings: Mapping[str, str]) -> tuple[str, ...]:
    """Return the boxes of which *settings* name something."""
    methods, resources = _choices(settings)
    return tuple(
        box
        for box, own in READS.items()
        if {*_METHODS.get(box, ())} & {*methods} or (_SERIES in methods and {*own} & {*resources})
    )


def change_reads(settings: Mapping[str, str], reads: Collection[str]) -> dict[str, str]:
    """Return what of *settings* is another when *reads* are read; what has no box stays.

    An empty value takes a setting away. Raise `BadRequest` if nothing is left to read.
    """
    before, after = {*reads_in(settings)}, {*reads}
    if before == after:
        return {}
    if after - READS.keys():
        raise BadRequest(f"Choose at least one of {', '.join(READS)}.")
    methods, resources = _choices(settings)
    for box in before - after:
        methods = [name for name in methods if name not in _METHODS.get(box, ())]
        resources = [name for name in resources if name not in READS[box]]
    if {"weight", "steps"} & (before - after):
        resources = [name for name in resources if name != _HEART]
    added = settings_for(after - before) if after - before else {}
    new_methods, new_resources = _choices(added) if added else ([], [])
    if {"weight", "steps"} <= after and {"weight", "steps"} & (after - before):
        new_resources.append(_HEART)
    resources = list(dict.fromkeys([*resources, *new_resources]))
    methods = [*methods, *new_methods]
    if not resources:
        methods = [name for name in methods if name != _SERIES]
    if not methods:
        raise BadRequest(f"Choose at least one of {', '.join(READS)}.")
    return {"methods": ",".join(dict.fromkeys(methods)), "resource": ",".join(resources)}


def _choices(settings: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Return the methods and the resources that *settings* name."""
    texts = settings.get("methods") or DEFAULT_METHOD, settings.get("resource", "")
    methods, resources = (
        [part.strip() for part in text.split(",") if part.strip()] for text in texts
    )
    return methods, resources
