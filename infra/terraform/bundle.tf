# The functions' sources, and the images that are built from them. An object is named by its
# checksum: what did not change is not built again.

resource "google_storage_bucket" "source" {
  # checkov:skip=CKV_GCP_62: it holds published code; who reads and writes it stands in the audit log of the project
  name                        = "${var.project}-healthrelay-source"
  project                     = var.project
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = true # bundles only, and each can be made again

  # What an upgrade replaces stays for a season.
  versioning {
    enabled = true
  }

  lifecycle_rule {
    condition {
      days_since_noncurrent_time = 90
    }

    action {
      type = "Delete"
    }
  }

  depends_on = [google_project_service.service]
}

resource "google_storage_bucket_object" "bundle" {
  for_each = local.functions

  name   = "${each.key}-${filemd5("${var.bundles}/${each.key}.zip")}.zip"
  bucket = google_storage_bucket.source.name
  source = "${var.bundles}/${each.key}.zip"
}

# A repository of its own, which the build account alone writes. Three images of a function stay: the
# one that runs and two to go back to (`make rollback`).
resource "google_artifact_registry_repository" "images" {
  # checkov:skip=CKV_GCP_84: it holds published code; a key of one's own costs more than all else together
  project       = var.project
  location      = var.region
  repository_id = "healthrelay"
  format        = "DOCKER"
  description   = "Images of healthrelay's functions."

  cleanup_policies {
    id     = "delete-older"
    action = "DELETE"

    condition {
      older_than = "604800s"
    }
  }

  cleanup_policies {
    id     = "keep-three"
    action = "KEEP"

    most_recent_versions {
      keep_count = 3
    }
  }

  depends_on = [google_project_service.service]
}
