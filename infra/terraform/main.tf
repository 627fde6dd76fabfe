# What everything else reads: where we are, and what each function is given.

locals {
  location = var.database_location == "" ? var.region : var.database_location

  # Path = function on one shared host, so that the cookie that auth1 sets comes back to auth2.
  shared_host = "https://${var.region}-${var.project}.cloudfunctions.net"

  # Where Cloud Scheduler and Cloud Tasks reach a private function: by its own run.app address they count
  # as callers from inside (cloud.google.com/run/docs/securing/ingress).
  inside = "https://{function}-${var.project_number}.${var.region}.run.app"

  # What each function may do, is given and needs: the same file that healthrelay itself reads.
  table = jsondecode(file("${path.module}/../../shared/healthrelay/config/functions.json"))
}

resource "google_project_service" "service" {
  for_each = toset(concat([
    "artifactregistry.googleapis.com",
    "cloudbuild.googleapis.com",
    "cloudfunctions.googleapis.com",
    "cloudquotas.googleapis.com",
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
