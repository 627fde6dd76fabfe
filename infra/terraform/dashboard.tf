# One page: who is called, how fast they answer, what needs a person, what waits.

locals {
  charts = {
    "Answers a function"               = { filter = "resource.type=\"cloud_run_revision\" metric.type=\"run.googleapis.com/request_count\"", aligner = "ALIGN_RATE", by = "resource.label.service_name" }
    "Answers by kind"                  = { filter = "resource.type=\"cloud_run_revision\" metric.type=\"run.googleapis.com/request_count\"", aligner = "ALIGN_RATE", by = "metric.label.response_code_class" }
    "Time to answer, 95 of 100"        = { filter = "resource.type=\"cloud_run_revision\" metric.type=\"run.googleapis.com/request_latencies\"", aligner = "ALIGN_PERCENTILE_95", by = "resource.label.service_name" }
    "Tasks that wait"                  = { filter = "resource.type=\"cloud_tasks_queue\" metric.type=\"cloudtasks.googleapis.com/queue/depth\"", aligner = "ALIGN_MEAN", by = "resource.label.queue_id" }
    "Documents read"                   = { filter = "metric.type=\"firestore.googleapis.com/document/read_count\"", aligner = "ALIGN_RATE", by = "metric.label.type" }
    "What needs a person, by the hour" = { filter = "resource.type=\"cloud_run_revision\" metric.type=\"logging.googleapis.com/user/healthrelay/needs_a_person\"", aligner = "ALIGN_SUM", by = "metric.label.event" }
    "Documents written"                = { filter = "metric.type=\"firestore.googleapis.com/document/write_count\"", aligner = "ALIGN_RATE", by = "metric.label.op" }
  }
}

resource "google_monitoring_dashboard" "overview" {
  count = local.watched

  project = var.project

  dashboard_json = jsonencode({
    displayName = "healthrelay"
    gridLayout = {
      columns = "2"
      widgets = [for title, chart in local.charts : {
        title = title
        xyChart = {
          dataSets = [{
            plotType = "LINE"
            timeSeriesQuery = {
              timeSeriesFilter = {
                filter = chart.filter
                aggregation = {
                  alignmentPeriod    = chart.aligner == "ALIGN_SUM" ? "3600s" : "300s"
                  perSeriesAligner   = chart.aligner
                  crossSeriesReducer = chart.aligner == "ALIGN_PERCENTILE_95" ? "REDUCE_MAX" : "REDUCE_SUM"
                  groupByFields      = [chart.by]
                }
              }
            }
          }]
        }
      }]
    }
  })

  depends_on = [google_project_service.service, google_logging_metric.count]
}
