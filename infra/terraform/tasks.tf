# One task for each person whose measurements are due: the fan-out asks, the queue paces. Deliveries that
# failed come again by a task at the instant of their next attempt.

locals {
  enqueuers = toset([for name, row in local.functions : name if row.enqueues])
}

resource "google_cloud_tasks_queue" "queue" {
  name     = var.queue
  project  = var.project
  location = var.region

  rate_limits {
    max_dispatches_per_second = 20
    max_concurrent_dispatches = var.max_instances
  }

  # Four times within a quarter of an hour; then the next fan-out comes by anyway.
  retry_config {
    max_attempts  = 4
    min_backoff   = "10s"
    max_backoff   = "300s"
    max_doublings = 4
  }

  depends_on = [google_project_service.service]
}

resource "google_cloud_tasks_queue_iam_member" "enqueuer" {
  for_each = local.enqueuers

  project  = var.project
  location = var.region
  name     = google_cloud_tasks_queue.queue.name
  role     = "roles/cloudtasks.enqueuer"
  member   = "serviceAccount:${google_service_account.function[each.key].account_id}@${var.project}.iam.gserviceaccount.com"
}

# A task carries a token of the invoker, which its maker must be allowed to ask for.
resource "google_service_account_iam_member" "enqueuer" {
  for_each = local.enqueuers

  service_account_id = google_service_account.invoker.name
  role               = "roles/iam.serviceAccountUser"
  member             = "serviceAccount:${google_service_account.function[each.key].account_id}@${var.project}.iam.gserviceaccount.com"
}
