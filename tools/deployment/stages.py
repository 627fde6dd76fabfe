"""One deploy in stages: what is new first, in the order in which Google can know it.

Services answer some minutes after they are switched on; a build needs the rights of its account; an
alert needs the metric that it names. Each stage is planned, applied, and tried again while what
fails is known to pass. Changes and removals are left to the last stage.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from deployment import database, quota, traces
from deployment.failures import Failed
from deployment.preparation import Options, Prepared
from deployment.terraform import Change, QueueRests, Terraform

SERVICES = {"google_project_service"}
# They name what the stage before makes: accounts, rights, secrets and metrics.
LAST = {
    "google_cloudfunctions2_function",
    "google_cloud_run_v2_service_iam_member",
    "google_cloud_scheduler_job",
    "google_monitoring_alert_policy",
    "google_monitoring_dashboard",
    "google_monitoring_uptime_check_config",
}


def carry_out(prepared: Prepared, options: Options, fill: Callable[[], None]) -> None:
    """Show the plan, ask, and apply it stage by stage; *fill* the secrets before any function."""
    try:
        _carry_out(prepared, options, fill)
    except QueueRests:
        _rename_queue(prepared)
        _carry_out(prepared, options._replace(yes=True), fill)


def _carry_out(prepared: Prepared, options: Options, fill: Callable[[], None]) -> None:
    terraform = prepared.terraform
    changes = terraform.plan()
    if changes and not options.yes and not _confirmed(terraform):
        raise Failed("Nothing was deployed.")
    prepared.remember()
    new = [one for one in changes if one.actions == ("create",)]
    services = [one for one in new if one.kind in SERVICES]
    before = [one for one in new if one.kind not in SERVICES | LAST]
    _stage(prepared, 1, "services", services)
    if services:
        _ask_again(prepared, options)
    _stage(prepared, 2, "accounts, rights, secrets, metrics", before)
    print("[3/4] values of the secrets", flush=True)
    fill()
    if before:
        terraform.settle()
    print(f"[4/4] all the rest, of {len(changes)} changes", flush=True)
    # Where no stage came before, exactly what was shown.
    terraform.apply(planned=not (services or before))


def _stage(prepared: Prepared, number: int, name: str, changes: Sequence[Change]) -> None:
    """Make what is new; a stage without anything is passed over."""
    if changes:
        print(f"[{number}/4] {name}: {len(changes)} new", flush=True)
        prepared.terraform.apply(*(one.address for one in changes))


def _ask_again(prepared: Prepared, options: Options) -> None:
    """Ask what nobody could tell while the services were off: databases, the region's quota."""
    chosen, project = prepared.terraform.choices, prepared.terraform.project
    unseen = {} if database.used(prepared.state) else database.existing(project)
    unseen = {name: one for name, one in unseen.items() if name not in prepared.databases}
    allowed = quota.read(project, chosen["region"])
    found = database.problems(chosen, prepared.state, unseen, options.adopt) if unseen else ()
    if problems := [*found, *quota.problems(chosen, allowed)]:
        raise Failed("Fix this, then deploy again:\n- " + "\n- ".join(problems))
    database.follow(prepared.terraform, prepared.state, unseen, prepared.remember)


def _rename_queue(prepared: Prepared) -> None:
    """Choose another name for the queue: that of a deleted one rests for days."""
    chosen = prepared.terraform.choices
    # The first is called healthrelay, without a number.
    _, _, number = str(chosen.get("queue", "healthrelay")).partition("-")
    chosen["queue"] = f"healthrelay-{int(number or 1) + 1}"
    print(f"      … the queue's former name rests for days: now {chosen['queue']}", flush=True)


def _confirmed(terraform: Terraform) -> bool:
    also = "" if traces.wanted(terraform.choices) else ", and switch off Cloud Trace there"
    try:
        question = f"Deploy this into {terraform.project}{also}? Only yes is a yes: "
        return input(question).strip() == "yes"
    except EOFError:
        return False
