# Whether Igor's poll would be answered, and whether anybody was looked at in the last hours, asked
# from outside four times an hour: `?health` needs no key, tells of no person, and reads some
# documents. That is within what Google gives for nothing.

locals {
  # Known before anything is made: an import reads all of these files.
  checked = local.alerts == 1 ? setintersection(["relay"], local.public) : toset([])
}

resource "google_monitoring_uptime_check_config" "function" {
  for_each = local.checked

  project      = var.project
  display_name = "healthrelay: ${each.key}"
  period       = "900s"
  # A first answer may have to wait for a cold start.
  timeout          = "30s"
  selected_regions = ["EUROPE", "USA_OREGON", "ASIA_PACIFIC"]

  http_check {
    path         = "/${each.key}?health"
    port         = 443
    use_ssl      = true
    validate_ssl = true

    accepted_response_status_codes {
      status_value = 200
    }
  }

  monitored_resource {
    type = "uptime_url"
    labels = {
      project_id = var.project
      host       = trimprefix(local.shared_host, "https://")
    }
  }

  # It names an address only: while the functions are built, nobody answers there.
  depends_on = [
    google_project_service.service,
    google_cloudfunctions2_function.function,
    google_cloud_run_v2_service_iam_member.anybody,
  ]
}

resource "google_monitoring_alert_policy" "unwell" {
  for_each = local.checked

  project               = var.project
  display_name          = "healthrelay: ${each.key} unwell"
  combiner              = "OR"
  severity              = "ERROR"
  notification_channels = google_monitoring_notification_channel.owner[*].id

  documentation {
    content   = "Igor's polls are not answered, or nothing new comes: for hours nobody was looked at. `healthrelay doctor --url` says why and who must act."
    mime_type = "text/markdown"
  }

  conditions {
    display_name = "${each.key} is not well, seen from more than one place"

    condition_threshold {
      filter          = "resource.type=\"uptime_url\" AND metric.type=\"monitoring.googleapis.com/uptime_check/check_passed\" AND metric.labels.check_id=\"${google_monitoring_uptime_check_config.function[each.key].uptime_check_id}\""
      comparison      = "COMPARISON_GT"
      threshold_value = 1
      duration        = "0s"

      aggregations {
        alignment_period     = "1200s"
        per_series_aligner   = "ALIGN_NEXT_OLDER"
        cross_series_reducer = "REDUCE_COUNT_FALSE"
        group_by_fields      = ["resource.labels.host"]
      }
    }
  }

  alert_strategy {
    auto_close = "86400s"
  }
}
