"""What a process builds once, also where several threads are the first to ask for it."""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, cast, overload

if TYPE_CHECKING:
    from collections.abc import Callable

Built = TypeVar("Built")


class built_once(Generic[Built]):  # noqa: N801 - it is used like `property`
    """A property that is built at its first use and kept with its owner.

    Like `functools.cached_property`, which has no lock since Python 3.12: there each of the
    threads that ask first gets one of its own.
    """

    def __init__(self, build: Callable[[Any], Built]) -> None:
        self._build = build
        self.__doc__ = build.__doc__
        self._lock = RLock()

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, owner: None, kind: type) -> Self: ...
    @overload
    def __get__(self, owner: object, kind: type) -> Built: ...
    def __get__(self, owner: object | None, kind: type) -> Self | Built:
        if owner is None:
            return self
        kept = owner.__dict__
        with self._lock:  # who comes later finds it among the owner's attributes, and never here
            built = kept.get(self._name, self)
            if built is self:
                built = kept[self._name] = self._build(owner)
            return cast("Built", built)
