"""What a test may change about Google while it runs."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(kw_only=True)
class GoogleSwitches:
    """Google's switches.

    testing: the project's publishing status is Testing: refresh tokens live seven days.
    page_limit: no page is longer than this, whatever the requested page size.
    empty_first_page: every listing begins with an empty page that has a next page token.
    per_minute: requests a minute before 429; retry_after: whether that 429 says how long to wait.
    withdrawn_scopes: scopes (full names) that exist no longer.
    activity_level_rolls_up: whether the activity level, which the reference lists without
        roll-ups, has them nevertheless.
    """

    testing: bool = False
    page_limit: int | None = None
    empty_first_page: bool = False
    per_minute: int = 300
    retry_after: bool = False
    withdrawn_scopes: set[str] = field(default_factory=set)
    activity_level_rolls_up: bool = True
