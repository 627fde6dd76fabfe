# The functions: one for each row of the table that healthrelay itself reads.

locals {
  # The Python of the deployed functions; pyproject.toml names the same.
  runtime = "python313"

  functions = { for name, row in local.table : name => row if var.running }

  public  = toset([for name, row in local.functions : name if row.public])
  private = toset([for name, row in local.functions : name if !row.public])
}

resource "google_cloudfunctions2_function" "function" {
  # checkov:skip=CKV_GCP_124: browsers and homes call the public ones from the internet; the others are internal
  for_each = local.functions

  name        = each.key
  project     = var.project
  location    = var.region
  description = each.value.public ? "healthrelay: reached from browsers and homes." : "healthrelay: reached by Cloud Scheduler and Cloud Tasks only."

  build_config {
    runtime           = local.runtime
    entry_point       = each.key
    service_account   = google_service_account.build.id
    docker_repository = google_artifact_registry_repository.images.id

    environment_variables = {
      # The platform resets the time of every file after compiling. With this, bytecode is tied to
      # what a source says and not to its time, so no start has to compile it again.
      SOURCE_DATE_EPOCH = "315532801"
    }

    source {
      storage_source {
        bucket = google_storage_bucket.source.name
        object = google_storage_bucket_object.bundle[each.key].name
      }
    }
  }

  service_config {
    service_account_email            = google_service_account.function[each.key].email
    available_memory                 = each.value.memory
    available_cpu                    = each.value.cpu
    timeout_seconds                  = each.value.seconds
    min_instance_count               = 0
    max_instance_count               = var.max_instances
    max_instance_request_concurrency = 1
    all_traffic_on_latest_revision   = true
    # Browsers and homes come from outside. Scheduler and Tasks come from inside, and nobody else gets as
    # far as IAM's look at who calls.
    ingress_settings = each.value.public ? "ALLOW_ALL" : "ALLOW_INTERNAL_ONLY"

    environment_variables = merge(
      { for name in each.value.settings : "HEALTHRELAY_${upper(name)}" => local.settings[name] if lookup(local.settings, name, "") != "" },
      # Whose database it is, and whose requests its lines in the log belong to.
      { GOOGLE_CLOUD_PROJECT = var.project },
      # Secrets are read when an instance starts: another number makes all of them start again.
      { GENERATION = tostring(var.generation) },
    )

    dynamic "secret_environment_variables" {
      for_each = toset([for name in each.value.settings : name if contains(local.secrets, name)])

      content {
        key        = "HEALTHRELAY_${upper(secret_environment_variables.key)}"
        project_id = var.project
        secret     = local.secret_ids[secret_environment_variables.key]
        version    = "latest"
      }
    }
  }

  depends_on = [
    google_artifact_registry_repository_iam_member.build,
    google_project_iam_member.build,
    google_project_iam_member.build_source,
    google_secret_manager_secret_iam_member.reader,
    google_storage_bucket_iam_member.build,
  ]
}
