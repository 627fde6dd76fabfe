# Who may do what. Each function has an account of its own and may do only what its row allows.

locals {
  invoker = "healthrelay-invoker@${var.project}.iam.gserviceaccount.com"
  builder = "serviceAccount:${google_service_account.build.account_id}@${var.project}.iam.gserviceaccount.com"
}

resource "google_service_account" "function" {
  for_each = local.functions

  project      = var.project
  account_id   = "healthrelay-${each.key}"
  display_name = "healthrelay: the function ${each.key}"

  depends_on = [google_project_service.service]
}

resource "google_service_account" "invoker" {
  project      = var.project
  account_id   = "healthrelay-invoker"
  display_name = "healthrelay: calls the private functions for Scheduler and Tasks"

  depends_on = [google_project_service.service]
}

resource "google_service_account" "build" {
  project      = var.project
  account_id   = "healthrelay-build"
  display_name = "healthrelay: builds the functions"

  depends_on = [google_project_service.service]
}

# A build writes its log and its image, and reads the source: from our bucket, and from the copy of
# it in a bucket that Cloud Run functions make at the first deployment, named by number and region.
resource "google_project_iam_member" "build" {
  project = var.project
  role    = "roles/logging.logWriter"
  member  = local.builder
}

resource "google_project_iam_member" "build_source" {
  project = var.project
  role    = "roles/storage.objectViewer"
  member  = local.builder

  condition {
    title      = "gcf-v2-sources"
    expression = "resource.name.startsWith(\"projects/_/buckets/gcf-v2-sources-\")"
  }
}

resource "google_storage_bucket_iam_member" "build" {
  bucket = google_storage_bucket.source.name
  role   = "roles/storage.objectViewer"
  member = local.builder
}

resource "google_artifact_registry_repository_iam_member" "build" {
  project    = var.project
  location   = var.region
  repository = google_artifact_registry_repository.images.repository_id
  role       = "roles/artifactregistry.writer"
  member     = local.builder
}

# Reading is enough for who only reads.
resource "google_project_iam_member" "database" {
  for_each = { for name, row in local.functions : name => row.database if row.database != "none" }

  project = var.project
  role    = each.value == "write" ? "roles/datastore.user" : "roles/datastore.viewer"
  member  = "serviceAccount:${google_service_account.function[each.key].account_id}@${var.project}.iam.gserviceaccount.com"
}

resource "google_secret_manager_secret_iam_member" "reader" {
  for_each = local.readings

  project   = var.project
  secret_id = local.secret_ids[each.value.secret]
  role      = "roles/secretmanager.secretAccessor"
  member    = "serviceAccount:${google_service_account.function[each.value.function].account_id}@${var.project}.iam.gserviceaccount.com"

  # A function reads until it is changed.
  lifecycle {
    create_before_destroy = true
  }
}

resource "google_cloud_run_v2_service_iam_member" "anybody" {
  for_each = local.public

  project  = var.project
  location = var.region
  name     = google_cloudfunctions2_function.function[each.key].name
  role     = "roles/run.invoker"
  member   = "allUsers"
}

resource "google_cloud_run_v2_service_iam_member" "invoker" {
  for_each = local.private

  project  = var.project
  location = var.region
  name     = google_cloudfunctions2_function.function[each.key].name
  role     = "roles/run.invoker"
  member   = "serviceAccount:${google_service_account.invoker.account_id}@${var.project}.iam.gserviceaccount.com"
}
