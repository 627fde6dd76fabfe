# The database. Its fields and indexes are those that adapters/firestore/indexes.py declares.

locals {
  # Collection group → the field by which Firestore tidies up.
  time_to_live = { handshakes = "expires" }

  # (default), or the one that `store` names: a restored one is taken over with all that protects it.
  database = var.store == "firestore" ? "(default)" : trimprefix(var.store, "firestore:")

  # Composite indexes: collection group → fields. Documents are found by their names, so none is needed.
  indexes = {}
}

resource "google_firestore_database" "database" {
  name                              = local.database
  project                           = var.project
  location_id                       = local.location
  type                              = "FIRESTORE_NATIVE"
  point_in_time_recovery_enablement = "POINT_IN_TIME_RECOVERY_ENABLED"
  delete_protection_state           = "DELETE_PROTECTION_ENABLED"
  deletion_policy                   = "ABANDON"

  depends_on = [google_project_service.service]

  # Nothing brings it back. `make destroy … --data` deletes it by its name.
  lifecycle {
    prevent_destroy = true
  }
}

resource "google_firestore_field" "time_to_live" {
  for_each = local.time_to_live

  project    = var.project
  database   = google_firestore_database.database.name
  collection = each.key
  field      = each.value

  ttl_config {}
  index_config {}
}

# What Firestore indexes by itself is paid for in every write, and nothing here ever asks for it.
resource "google_firestore_field" "unindexed" {
  project    = var.project
  database   = google_firestore_database.database.name
  collection = "__default__"
  field      = "*"

  index_config {}
}

resource "google_firestore_index" "index" {
  for_each = local.indexes

  project    = var.project
  database   = google_firestore_database.database.name
  collection = each.key

  dynamic "fields" {
    for_each = each.value

    content {
      field_path = fields.value
      order      = "ASCENDING"
    }
  }
}

resource "google_firestore_backup_schedule" "daily" {
  project   = var.project
  database  = google_firestore_database.database.name
  retention = "604800s" # a week

  daily_recurrence {}
}
