# What needs a person. Four conditions, as few as do, because Google may charge for each:
# somebody must act, by our own log lines; answers fail; a job fails; a poll would not be answered
# or nothing is fetched any more (uptime.tf). None of them waits for a first success: one that
# watched for the absence of answers would be silent about what never worked.

locals {
  names = join(" OR ", [for name in keys(local.functions) : "\"${name}\""])
  ours  = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=(${local.names})"

  # The same in the words of Cloud Monitoring.
  our_answers = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=one_of(${join(",", [for name in keys(local.functions) : "\"${name}\""])}) AND metric.type=\"run.googleapis.com/request_count\""
  our_jobs    = "resource.type=\"cloud_scheduler_job\" AND resource.labels.job_id=one_of(${join(",", [for name in keys(local.jobs) : "\"healthrelay-${name}\""])})"

  watched = var.running ? 1 : 0
  alerts  = var.alert_email == "" ? 0 : local.watched
}

# Addresses of public functions hold poll keys, codes, states and invitations. Our own lines, in
# which such things are blotted out, take the place of the platform's.
resource "google_logging_project_exclusion" "addresses" {
  count = local.watched

  name        = "healthrelay-addresses"
  project     = var.project
  description = "Request logs of healthrelay's public functions, whose addresses hold keys and codes."
  filter      = "logName=\"projects/${var.project}/logs/run.googleapis.com%2Frequests\" AND resource.labels.service_name=(${join(" OR ", [for name in local.public : "\"${name}\""])})"
}

# An error needs the owner or a wearer. What lasts for longer than a day does too, whatever it is.
resource "google_logging_metric" "count" {
  count = local.watched

  name        = "healthrelay/needs_a_person"
  project     = var.project
  description = "Lines of healthrelay's functions that somebody must act on, by the alias of whom they are about."
  filter      = "${local.ours} AND (severity>=ERROR OR jsonPayload.event=\"undelivered\")"

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
    unit        = "1"

    labels {
      key        = "event"
      value_type = "STRING"
    }

    labels {
      key        = "function"
      value_type = "STRING"
    }

    # An alias, which nobody can turn back into a name without the owner key.
    labels {
      key        = "user"
      value_type = "STRING"
    }
  }

  label_extractors = {
    event    = "EXTRACT(jsonPayload.event)"
    function = "EXTRACT(resource.labels.service_name)"
    user     = "EXTRACT(jsonPayload.user)"
  }

  depends_on = [google_project_service.service]
}

resource "google_monitoring_notification_channel" "owner" {
  count = var.alert_email == "" ? 0 : 1

  project      = var.project
  display_name = "healthrelay's owner"
  type         = "email"
  labels       = { email_address = var.alert_email }

  depends_on = [google_project_service.service]
}

# Each kind of trouble and each person is an incident of its own, so that the second person's is
# reported while the first one's is open. An hour after the last line it is over, and what is
# repeated on another day is reported again.
resource "google_monitoring_alert_policy" "trouble" {
  count = local.alerts

  project               = var.project
  display_name          = "healthrelay: somebody must act"
  combiner              = "OR"
  severity              = "WARNING"
  notification_channels = google_monitoring_notification_channel.owner[*].id

  documentation {
    mime_type = "text/markdown"
    content   = <<-END
      | event | what happened | who is it, and what next |
      |---|---|---|
      | `grant lost`, `wrong account` | a wearer must connect again | `healthrelay doctor` |
      | `stale` | nothing of a person was read for more than a day | `healthrelay doctor` |
      | `delivery`, `undelivered` | measurements do not reach a home or a receiver | `healthrelay relay status` |
      | `dead letters` | changes were given up | `healthrelay relay replay` |
      | `settings`, `fetch` | something is not set up as it must be | the line in the log, and `healthrelay doctor` |
      | any other | a defect | the line in the log |
    END
  }

  conditions {
    display_name = "a line that somebody must act on"

    condition_threshold {
      filter          = "resource.type=\"cloud_run_revision\" AND metric.type=\"logging.googleapis.com/user/${google_logging_metric.count[0].name}\""
      comparison      = "COMPARISON_GT"
      threshold_value = 0
      duration        = "0s"

      aggregations {
        alignment_period     = "3600s"
        per_series_aligner   = "ALIGN_SUM"
        cross_series_reducer = "REDUCE_SUM"
        group_by_fields      = ["metric.label.event", "metric.label.user"]
      }
    }
  }

  alert_strategy {
    auto_close = "3600s"
  }
}

resource "google_monitoring_alert_policy" "failures" {
  count = local.alerts

  project               = var.project
  display_name          = "healthrelay: failures"
  combiner              = "OR"
  severity              = "ERROR"
  notification_channels = google_monitoring_notification_channel.owner[*].id

  documentation {
    content   = "More than one in twenty answers of a function is a 5xx. `healthrelay doctor --url` says which function, its log says why."
    mime_type = "text/markdown"
  }

  conditions {
    display_name = "5xx of all answers"

    condition_threshold {
      filter             = "${local.our_answers} AND metric.labels.response_code_class=\"5xx\""
      denominator_filter = local.our_answers
      comparison         = "COMPARISON_GT"
      threshold_value    = 0.05
      duration           = "900s"

      aggregations {
        alignment_period     = "900s"
        per_series_aligner   = "ALIGN_RATE"
        cross_series_reducer = "REDUCE_SUM"
        group_by_fields      = ["resource.label.service_name"]
      }

      denominator_aggregations {
        alignment_period     = "900s"
        per_series_aligner   = "ALIGN_RATE"
        cross_series_reducer = "REDUCE_SUM"
        group_by_fields      = ["resource.label.service_name"]
      }
    }
  }

  alert_strategy {
    auto_close = "86400s"
  }

  depends_on = [google_project_service.service]
}

# Cloud Scheduler writes an error for each attempt without a 2xx, also for those that reach no
# function of ours. One failed attempt is repeated; two within an hour are a job that fails.
resource "google_monitoring_alert_policy" "jobs" {
  count = local.alerts

  project               = var.project
  display_name          = "healthrelay: a job fails"
  combiner              = "OR"
  severity              = "ERROR"
  notification_channels = google_monitoring_notification_channel.owner[*].id

  documentation {
    content   = "Cloud Scheduler cannot run a job, so everybody's data are getting old. `gcloud scheduler jobs list --location=${var.region} --project=${var.project}` shows which, its log says why."
    mime_type = "text/markdown"
  }

  conditions {
    display_name = "two failed attempts within an hour"

    condition_threshold {
      filter          = "${local.our_jobs} AND metric.type=\"logging.googleapis.com/log_entry_count\" AND metric.labels.severity=\"ERROR\""
      comparison      = "COMPARISON_GT"
      threshold_value = 1
      duration        = "0s"

      aggregations {
        alignment_period     = "3600s"
        per_series_aligner   = "ALIGN_SUM"
        cross_series_reducer = "REDUCE_SUM"
        group_by_fields      = ["resource.label.job_id"]
      }
    }
  }

  alert_strategy {
    auto_close = "86400s"
  }

  depends_on = [google_project_service.service]
}
