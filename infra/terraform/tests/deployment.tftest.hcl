# What must hold of any plan, in Terraform's own words:
# terraform test -var=bundles=$PWD/../../build   (after `make bundle`)

variables {
  project        = "demo-project"
  project_number = "123456789012"
  client_id      = "a-client-id"
}

run "the_world_reaches_the_public_functions_and_no_other" {
  command = plan

  assert {
    condition     = toset(keys(google_cloud_run_v2_service_iam_member.anybody)) == toset(["auth1", "auth2", "events", "relay", "setup"])
    error_message = "Only auth1, auth2, events, relay and setup may be called by anybody."
  }

  assert {
    condition     = toset(keys(google_cloud_run_v2_service_iam_member.invoker)) == setsubtract(keys(google_cloudfunctions2_function.function), ["auth1", "auth2", "events", "relay", "setup"])
    error_message = "Scheduler and Tasks call all others."
  }

  assert {
    condition     = google_project_iam_member.database["relay"].role == "roles/datastore.viewer"
    error_message = "The public relay may only read."
  }

  assert {
    condition     = output.callback_url == "https://europe-west1-demo-project.cloudfunctions.net/auth2"
    error_message = "The functions share Google's host, so that auth1's cookie reaches auth2."
  }
}

run "a_restored_database_has_what_protects_it" {
  command = plan

  variables {
    store = "firestore:restored"
  }

  assert {
    condition     = google_firestore_database.database.name == "restored" && google_firestore_backup_schedule.daily.database == "restored"
    error_message = "The database that `store` names is the one that is looked after."
  }
}

run "resting_keeps_the_data_and_runs_nothing" {
  command = plan

  variables {
    running = false
  }

  assert {
    condition     = length(google_cloudfunctions2_function.function) == 0
    error_message = "No function is left."
  }

  assert {
    condition     = google_firestore_database.database.delete_protection_state == "DELETE_PROTECTION_ENABLED"
    error_message = "The database stays, protected."
  }
}

run "what_cannot_be_is_refused" {
  command = plan

  variables {
    project   = "No Project"
    client_id = ""
    igor_url  = "http://igor.example.org"
  }

  expect_failures = [var.project, var.client_id, var.igor_url]
}
