# Secrets are made empty. `make deploy` fills those that can be generated; the others you fill with
#   gcloud secrets versions add NAME --data-file=-
# so that no value is ever seen by Terraform or kept in its state.

locals {
  # owner_key and sealing_keys are generated, the others are given to us.
  secrets = toset(concat(
    ["client_secret", "owner_key", "sealing_keys"],
    var.igor_url == "" ? [] : [var.igor_user == "" ? "igor_token" : "igor_password"],
  ))

  # Which function reads which secret.
  readings = merge([for function, row in local.functions : {
    for name in row.settings : "${function}/${name}" => { function = function, secret = name } if contains(local.secrets, name)
  }]...)
}

resource "google_secret_manager_secret" "secret" {
  for_each = local.secrets

  project   = var.project
  secret_id = "healthrelay-${replace(each.key, "_", "-")}"

  # By this `make deploy` finds what is still empty.
  labels = { part-of = "healthrelay" }

  # What the sealing keys sealed is data too.
  deletion_protection = var.keep_data

  replication {
    auto {}
  }

  depends_on = [google_project_service.service]
}
