# What everything else reads: where we are, and what each function is given.

locals {
  location = var.database_location == "" ? var.region : var.database_location

  # Path = function on one shared host, so that the cookie that auth1 sets comes back to auth2.
  shared_host = "https://${var.region}-${var.project}.cloudfunctions.net"
  base_url    = var.public_url == "" ? local.shared_host : var.public_url

  # What each function may do, is given and needs: the same file that healthrelay itself reads.
  table = jsondecode(file("${path.module}/../../shared/healthrelay/config/functions.json"))

  settings = merge({
    provider      = var.measurements_from
    public_url    = local.base_url
    client_id     = var.client_id
    system        = var.system
    store         = var.store
    guard         = "iam"
    tasks_queue   = "projects/${var.project}/locations/${var.region}/queues/${local.queue}"
    tasks_account = local.invoker
    tasks_url     = local.shared_host
    igor_url      = var.igor_url
    igor_user     = var.igor_user
    igor_prefix   = var.igor_prefix
    repush_hours  = tostring(var.repush_hours)
    relay_days    = tostring(var.relay_days)
    log_days      = tostring(var.log_days)
  }, var.addresses)
}

resource "google_project_service" "service" {
  for_each = toset(concat([
    "artifactregistry.googleapis.com",
    "cloudbuild.googleapis.com",
    "cloudfunctions.googleapis.com",
    "cloudresourcemanager.googleapis.com",
    "cloudscheduler.googleapis.com",
    "cloudtasks.googleapis.com",
    "firestore.googleapis.com",
    "health.googleapis.com",
    "iam.googleapis.com",
    "logging.googleapis.com",
    "monitoring.googleapis.com",
    "run.googleapis.com",
    "secretmanager.googleapis.com",
    "storage.googleapis.com",
    ],
    var.billing_account == "" ? [] : ["billingbudgets.googleapis.com"],
  ))

  project = var.project
  service = each.key

  # Others in the project may use them too.
  disable_on_destroy = false
}
