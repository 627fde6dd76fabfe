"""``healthrelay relay …``: the state of deliveries, and sending again what was given up on."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from healthrelay.assembly import services
from healthrelay.assembly.services import Services
from healthrelay.commands.words import NAME, USER, Command, argument, command, flag
from healthrelay.core.damage import Damaged
from healthrelay.core.defect import isolate
from healthrelay.core.delivery.progress import OK, PAUSED, SNAPSHOT, behind, kind_of, trouble_of
from healthrelay.core.errors import HealthrelayError, Unknown
from healthrelay.core.igor_json import user_name

if TYPE_CHECKING:
    from healthrelay.core.delivery.progress import Progress
    from healthrelay.flows.delivery.context import Delivery
    from healthrelay.flows.delivery.targets import Keys
    from healthrelay.ports.delivery import Following


@command(
    "add",
    "send a person's changes to a URL, signed",
    USER,
    argument("url"),
    argument("--name", "what to call the target; else its host"),
    flag("--allow-private", "it may lie in the house"),
)
def add_target(args: Namespace) -> None:
    from healthrelay.assembly.targets import new_keys
    from healthrelay.flows.delivery.targets import Endpoint, add

    built, name = services(), args.name or _host(args.url)
    user, endpoint = user_name(args.user), Endpoint(args.url, args.allow_private)
    keys = add(user, name, endpoint, store=built.store, vault=built.vault, new_keys=new_keys)
    print(f"{name} gets what changes from now on. Shown once:\n{_key_lines(keys)}")


def _host(url: str) -> str:
    from urllib.parse import urlsplit

    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


@command(
    "rotate",
    "new keys beside the old; --end ends the old",
    USER,
    NAME,
    flag("--end", "sign with the newest keys only"),
)
def rotate_keys(args: Namespace) -> None:
    from healthrelay.assembly.targets import new_keys
    from healthrelay.flows.delivery.targets import end_old_keys, rotate

    user, built = user_name(args.user), services()
    if args.end:
        end_old_keys(user, args.name, store=built.store, vault=built.vault)
        print("The old keys have ended.")
    else:
        keys = rotate(user, args.name, store=built.store, vault=built.vault, new_keys=new_keys)
        print(f"New keys, beside the old until --end. Shown once:\n{_key_lines(keys)}")


@command("remove", "send nothing there any more", USER, NAME)
def remove_target(args: Namespace) -> None:
    from healthrelay.flows.delivery.targets import remove

    remove(user_name(args.user), args.name, services().store)
    print(f"{args.name} gets nothing any more.")


def _key_lines(keys: Keys) -> str:
    return f"  secret      {keys.secret}\n  public key  {keys.public}"


@command(
    "replay",
    "send again: all dead letters, or --from N --to M, or one entry by both",
    USER,
    argument("--target", "only this one"),
    argument("--from", "the first entry", type=int, dest="first", metavar="N"),
    argument("--to", "the last entry", type=int, dest="last", metavar="M"),
    flag("--all", "every entry that is still kept"),
)
def run_replay(args: Namespace) -> int:
    from healthrelay.flows.delivery.replay import ReplayRequest, replay

    request = ReplayRequest(args.target, args.first, args.last, args.all)
    deliveries = replay(user_name(args.user), request, services().delivery)
    print("\n".join(_result_line(target, delivery) for target, delivery in deliveries.items()))
    return 1 if any(delivery.trouble for delivery in deliveries.values()) else 0


def _result_line(target: str, delivery: Delivery) -> str:
    """Return a line: what the target got now, what it still lacks and why."""
    cause = f": {delivery.trouble.sentence}" if delivery.trouble else ""
    return f"{target}\t{delivery.delivered} delivered, {delivery.waiting} waiting{cause}"


@command(
    "status", "show every target: what it has, what waits, what to do", argument("user", nargs="?")
)
def print_status(args: Namespace) -> int:
    """Print a line a target, and below it what to do when it is in trouble."""
    built = services()
    followings = built.store.log.followings()
    if args.user is not None and args.user not in followings:
        raise Unknown(f"There is no user {args.user}.")
    chosen = {args.user: followings[args.user]} if args.user else followings
    lines = {user: isolate(_lines_of, built, user, one) for user, one in chosen.items()}
    errors = [one for one in lines.values() if isinstance(one, HealthrelayError)]
    blocks = [
        f"{user}\t{one} {one.next_step}" if isinstance(one, HealthrelayError) else "\n".join(one)
        for user, one in lines.items()
    ]
    print("\n".join(blocks) or "Nobody is here yet.")
    return 1 if errors else 0


def _lines_of(built: Services, user: str, following: Following | Damaged) -> list[str]:
    """Return the lines of *user*. Raise `Damaged`."""
    if isinstance(following, Damaged):
        raise following
    return [*_person_lines(built, user, following)]


def _person_lines(built: Services, user: str, following: Following) -> Iterator[str]:
    shared = {target.name: following.progress(target.name) for target in built.shared_targets}
    followers = dict(following.targets) | shared
    if not followers:
        yield f"{user}\tpoll\t{following.head} entries; nothing is pushed, Igor may poll"
    for target, progress in followers.items():
        waiting = _waiting_text(built, user, progress, following)
        yield f"{user}\t{target}\t{_state_text(progress)}\t{waiting}"
        advice = _advice_lines(user, target, progress, built.public_url)
        yield from (f"\t{line}" for line in advice)


def _state_text(progress: Progress) -> str:
    if progress.state == OK or progress.trouble is None or progress.trouble.since is None:
        return "ok"
    needs = ": needs you" if progress.state == PAUSED else ""
    return f"{progress.state}{needs}, since {_minute(progress.trouble.since)}"


def _waiting_text(built: Services, user: str, progress: Progress, following: Following) -> str:
    lacking = behind(progress, following.head)
    if not lacking:
        return f"has all {following.head} entries"
    first = min([progress.sequence + 1, *(dead.first for dead in progress.dead)])
    oldest = built.store.log.after(user, first - 1, 1)
    since = f", the oldest from {_minute(oldest[0].at)}" if oldest else ""
    dead = ", ".join(f"{one.first}-{one.last}" for one in progress.dead)
    letters = f"; dead letters: {dead}" if dead else ""
    return f"lacks {lacking} of {following.head} entries{since}{letters}"


def _advice_lines(user: str, target: str, progress: Progress, public_url: str) -> Iterator[str]:
    if progress.state == OK and not progress.dead:
        return
    trouble = trouble_of(progress, user, target)
    if trouble:
        yield trouble.sentence
    if trouble and trouble.next_step:
        yield trouble.next_step
    elif progress.due:
        yield f"Next attempt at {_minute(progress.due)}; nothing is to be done."
    if progress.dead:
        yield f"To send the dead letters again: healthrelay relay replay {user} --target {target}"
    if kind_of(target) == SNAPSHOT:
        yield f"Until then Igor can poll {public_url}/relay?user={user}&key=…"


def _minute(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"


RELAY = Command(
    "relay",
    "show deliveries, and do them again",
    parts=(print_status, add_target, rotate_keys, remove_target, run_replay),
)
