output "callback_url" {
  description = "Register exactly this with the provider."
  value       = "${local.shared_host}/auth2"
}

output "urls" {
  description = "Where each function answers."
  value       = { for name in keys(local.functions) : name => "${local.shared_host}/${name}" }
}

output "first_login" {
  description = "On your machine: makes a person, and a link with which they connect."
  value       = "tools/cloud ${var.project} user add NAME && tools/cloud ${var.project} invite NAME"
}

output "environment" {
  # Neither the queue nor the Igor of the functions: what opens that one is theirs alone.
  description = "What `tools/cloud` gives healthrelay on your machine, so that it measures and seals as the functions do; secrets are read from Secret Manager."
  value = join("\n", concat(
    ["GOOGLE_CLOUD_PROJECT=${var.project}"],
    [for name, value in local.settings : "HEALTHRELAY_${upper(name)}=${value}" if value != "" && !startswith(name, "tasks_") && !contains(["guard", "igor_url", "igor_user"], name)],
  ))
}
