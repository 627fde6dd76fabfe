# The functions' sources. An object is named by its checksum: what did not change is not built again.

resource "google_storage_bucket" "source" {
  name                        = "${var.project}-healthrelay-source"
  project                     = var.project
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = true # bundles only, and each can be made again

  depends_on = [google_project_service.service]
}

resource "google_storage_bucket_object" "bundle" {
  for_each = local.functions

  name   = "${each.key}-${filemd5("${var.bundles}/${each.key}.zip")}.zip"
  bucket = google_storage_bucket.source.name
  source = "${var.bundles}/${each.key}.zip"
}
