# What needs a person, from counts of our own log lines. A count carries the name of the
# function and nothing else: no person, no measurement.

locals {
  ours = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=(${join(" OR ", [for name in keys(local.functions) : "\"${name}\""])})"

  watched = var.running ? 1 : 0

  counts = {
    grant_lost = {
      text   = "A login is lost: the wearer must connect again (`healthrelay doctor` shows who)."
      filter = "jsonPayload.event=\"grant lost\""
    }
    stale = {
      text   = "Nothing of a person was read for more than a day (`healthrelay doctor` shows who and why)."
      filter = "jsonPayload.event=\"stale\""
    }
    undelivered = {
      text   = "Measurements do not reach a home or a receiver: for more than a day, or until somebody acts (`healthrelay relay status` shows what to do)."
      filter = "jsonPayload.event=\"undelivered\" OR (jsonPayload.event=\"delivery\" AND severity>=ERROR)"
    }
    dead_letters = {
      text   = "Changes were given up; `healthrelay relay replay` sends them again."
      filter = "jsonPayload.event=\"dead letters\""
    }
    misconfigured = {
      text   = "A setting is missing or wrong; the log names it."
      filter = "jsonPayload.event=\"settings\" OR jsonPayload.cause=~\"^(NotConfigured|Misconfigured|Refused)\""
    }
  }
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

resource "google_logging_metric" "count" {
  for_each = { for name, row in local.counts : name => row if var.running }

  name        = "healthrelay/${each.key}"
  project     = var.project
  description = each.value.text
  filter      = "${local.ours} AND (${each.value.filter})"

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
    unit        = "1"

    labels {
      key        = "function"
      value_type = "STRING"
    }
  }

  label_extractors = { function = "EXTRACT(resource.labels.service_name)" }

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

resource "google_monitoring_alert_policy" "count" {
  for_each = { for name, row in local.counts : name => row if var.running && var.alerts }

  project               = var.project
  display_name          = "healthrelay: ${replace(each.key, "_", " ")}"
  combiner              = "OR"
  severity              = "WARNING"
  notification_channels = google_monitoring_notification_channel.owner[*].id

  documentation {
    content   = each.value.text
    mime_type = "text/markdown"
  }

  conditions {
    display_name = each.value.text

    condition_threshold {
      filter          = "resource.type=\"cloud_run_revision\" AND metric.type=\"logging.googleapis.com/user/${google_logging_metric.count[each.key].name}\""
      comparison      = "COMPARISON_GT"
      threshold_value = 0
      duration        = "0s"

      aggregations {
        alignment_period     = "3600s"
        per_series_aligner   = "ALIGN_SUM"
        cross_series_reducer = "REDUCE_SUM"
      }
    }
  }

  alert_strategy {
    auto_close = "86400s"
  }
}

resource "google_monitoring_alert_policy" "failures" {
  count = var.alerts ? local.watched : 0

  project               = var.project
  display_name          = "healthrelay: failures"
  combiner              = "OR"
  severity              = "ERROR"
  notification_channels = google_monitoring_notification_channel.owner[*].id

  documentation {
    content   = "More than one in twenty answers of a function is a 5xx."
    mime_type = "text/markdown"
  }

  conditions {
    display_name = "5xx of all answers"

    condition_threshold {
      filter             = "resource.type=\"cloud_run_revision\" AND metric.type=\"run.googleapis.com/request_count\" AND metric.labels.response_code_class=\"5xx\""
      denominator_filter = "resource.type=\"cloud_run_revision\" AND metric.type=\"run.googleapis.com/request_count\""
      comparison         = "COMPARISON_GT"
      threshold_value    = 0.05
      duration           = "900s"

      aggregations {
        alignment_period     = "900s"
        per_series_aligner   = "ALIGN_RATE"
        cross_series_reducer = "REDUCE_SUM"
        group_by_fields      = ["resource.labels.service_name"]
      }

      denominator_aggregations {
        alignment_period     = "900s"
        per_series_aligner   = "ALIGN_RATE"
        cross_series_reducer = "REDUCE_SUM"
        group_by_fields      = ["resource.labels.service_name"]
      }
    }
  }
}

# The jobs make these answer many times an hour. Silence is the one failure that logs nothing.
resource "google_monitoring_alert_policy" "silence" {
  for_each = var.alerts ? local.private : toset([])

  project               = var.project
  display_name          = "healthrelay: silence of ${each.key}"
  combiner              = "OR"
  severity              = "ERROR"
  notification_channels = google_monitoring_notification_channel.owner[*].id

  documentation {
    content   = "${each.key} has answered nothing for six hours, so everybody's data are getting old: look at the Scheduler job healthrelay-${each.key}."
    mime_type = "text/markdown"
  }

  conditions {
    display_name = "no answer 2xx for six hours"

    condition_absent {
      filter   = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"${each.key}\" AND metric.type=\"run.googleapis.com/request_count\" AND metric.labels.response_code_class=\"2xx\""
      duration = "21600s"

      aggregations {
        alignment_period     = "900s"
        per_series_aligner   = "ALIGN_RATE"
        cross_series_reducer = "REDUCE_SUM"
      }
    }
  }

  depends_on = [google_project_service.service]
}
