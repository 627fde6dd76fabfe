"""The scopes of the Health API, in words a wearer understands."""

from __future__ import annotations

PREFIX = "https://www.googleapis.com/auth/googlehealth."

_READABLE = {
    "activity_and_fitness": "your activity and fitness: steps, distance, floors, calories",
    "health_metrics_and_measurements": "your health measurements: weight, body fat, heart rate",
    "sleep": "your sleep",
    "nutrition": "your nutrition and hydration",
    "profile": "your profile",
    "settings": "your settings, time zone and devices",
    "location": "where you exercised",
    "ecg": "your electrocardiograms",
    "irn": "your irregular rhythm notifications",
    "logged_symptoms": "your moods and symptoms",
    "mindfulness": "your mindfulness sessions",
    "reproductive_health": "your reproductive health",
}
_NOT_WRITABLE = {"ecg", "irn", "location"}
_SIGN_IN = {
    "openid": "know who you are on Google",
    "email": "see your e-mail address",
    "profile": "see your public Google profile",
    "https://www.googleapis.com/auth/userinfo.email": "see your e-mail address",
    "https://www.googleapis.com/auth/userinfo.profile": "see your public Google profile",
}


def readonly(area: str) -> str:
    """Return the full name of the scope that reads *area*."""
    return f"{PREFIX}{area}.readonly"


def labels() -> dict[str, str]:
    """Every scope Google knows, with its plain words."""
    read = {readonly(area): f"See {words}" for area, words in _READABLE.items()}
    write = {
        f"{PREFIX}{area}.writeonly": f"Add to {words}"
        for area, words in _READABLE.items()
        if area not in _NOT_WRITABLE
    }
    return read | write | _SIGN_IN
