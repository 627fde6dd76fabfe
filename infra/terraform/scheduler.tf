# Three jobs are free; one fan-out serves everybody. A job whose function is not deployed is left out.

locals {
  jobs = {
    fetch   = { function = "fetch", query = "", schedule = "*/15 * * * *", text = "Fetches everybody who is due." }
    deliver = { function = "deliver", query = "", schedule = "*/5 * * * *", text = "Delivers what waits for a home." }
    repush  = { function = "deliver", query = "?everything=1", schedule = "30 3 * * *", text = "Sends every home its whole snapshot, because Igor may lose what it answered 200 to; deletes old log entries." }
  }
}

resource "google_cloud_scheduler_job" "job" {
  for_each = { for name, job in local.jobs : name => job if contains(local.private, job.function) }

  name             = "healthrelay-${each.key}"
  project          = var.project
  region           = var.region
  description      = each.value.text
  schedule         = lookup(var.schedules, each.key, each.value.schedule)
  time_zone        = var.time_zone
  attempt_deadline = "540s"

  # What fails comes again with the next round.
  retry_config {
    retry_count = 1
  }

  http_target {
    http_method = "POST"
    uri         = "${replace(local.inside, "{function}", each.value.function)}/${each.value.query}"

    oidc_token {
      service_account_email = google_service_account.invoker.email
      audience              = replace(local.inside, "{function}", each.value.function)
    }
  }

  # It names an address only: a job that runs while the functions are built would fail, and ring.
  depends_on = [google_cloudfunctions2_function.function, google_cloud_run_v2_service_iam_member.invoker]
}
