"""Numbers of things in words."""


def count(number: int, word: str, plural: str = "") -> str:
    """Return ``1 person`` or ``2 people``; *plural* is the word with an *s* if it is not given."""
    return f"{number:d} {word if number == 1 else plural or f'{word}s'}"


def people(number: int) -> str:
    """Return ``1 person`` or ``2 people``."""
    return count(number, "person", "people")
