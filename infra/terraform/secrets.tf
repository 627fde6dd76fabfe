# Secrets are made empty. `make deploy` fills those that can be generated; the others you fill with
#   gcloud secrets versions add NAME --data-file=-
# so that no value is ever seen by Terraform or kept in its state.

locals {
  # Generated here, and nothing brings them back: what they sealed and signed is data too.
  kept = toset(["owner_key", "sealing_keys"])

  # Given to us, and can be given again. What is no longer chosen goes.
  given = toset(concat(
    ["client_secret"],
    var.igor_url == "" ? [] : [var.igor_user == "" ? "igor_token" : "igor_password"],
  ))

  secrets = setunion(local.kept, local.given)

  # Setting → the name of the secret that fills it.
  secret_ids = merge(
    { for name, one in google_secret_manager_secret.kept : name => one.secret_id },
    { for name, one in google_secret_manager_secret.given : name => one.secret_id },
  )

  # Which function reads which secret.
  readings = merge([for function, row in local.functions : {
    for name in row.settings : "${function}/${name}" => { function = function, secret = name } if contains(local.secrets, name)
  }]...)
}

resource "google_secret_manager_secret" "kept" {
  for_each = local.kept

  project   = var.project
  secret_id = "healthrelay-${replace(each.key, "_", "-")}"

  # By this `make deploy` finds what is still empty.
  labels = { part-of = "healthrelay" }

  deletion_protection = true

  replication {
    auto {}
  }

  depends_on = [google_project_service.service]

  lifecycle {
    prevent_destroy = true
  }
}

resource "google_secret_manager_secret" "given" {
  for_each = local.given

  project   = var.project
  secret_id = "healthrelay-${replace(each.key, "_", "-")}"
  labels    = { part-of = "healthrelay" }

  deletion_protection = false

  replication {
    auto {}
  }

  depends_on = [google_project_service.service]

  # What no longer reads it is changed before it goes.
  lifecycle {
    create_before_destroy = true
  }
}

# In 0.1.0 all secrets were of one resource.
moved {
  from = google_secret_manager_secret.secret["owner_key"]
  to   = google_secret_manager_secret.kept["owner_key"]
}

moved {
  from = google_secret_manager_secret.secret["sealing_keys"]
  to   = google_secret_manager_secret.kept["sealing_keys"]
}

moved {
  from = google_secret_manager_secret.secret["client_secret"]
  to   = google_secret_manager_secret.given["client_secret"]
}

moved {
  from = google_secret_manager_secret.secret["igor_token"]
  to   = google_secret_manager_secret.given["igor_token"]
}

moved {
  from = google_secret_manager_secret.secret["igor_password"]
  to   = google_secret_manager_secret.given["igor_password"]
}
