# The settings of shared/healthrelay/config/settings.py: the value of each here, and the variables that choose it.
# Secrets are in secrets.tf; functions.json says which function gets which.

locals {
  settings = merge({
    provider      = var.measurements_from
    public_url    = local.shared_host
    client_id     = var.client_id
    system        = var.system
    store         = var.store
    guard         = "iam"
    tasks_queue   = "projects/${var.project}/locations/${var.region}/queues/${var.queue}"
    tasks_account = local.invoker
    tasks_url     = local.inside
    igor_url      = var.igor_url
    igor_user     = var.igor_user
    igor_prefix   = var.igor_prefix
    repush_hours  = tostring(var.repush_hours)
    relay_days    = tostring(var.relay_days)
    log_days      = tostring(var.log_days)
  }, var.addresses)
}

variable "measurements_from" {
  type        = string
  description = "The provider: google_health, or fitbit for the legacy API."
  default     = "google_health"

  validation {
    condition     = contains(["google_health", "fitbit"], var.measurements_from)
    error_message = "Measurements come from google_health or fitbit."
  }
}

variable "client_id" {
  type        = string
  description = "Of your registration with the provider; its secret goes into Secret Manager and never through here."

  validation {
    condition     = length(var.client_id) > 0
    error_message = "Register with the provider first (docs/google-setup.md), then give the client id here."
  }
}

variable "system" {
  type        = string
  description = "Units: metric (kg), en_US (lb) or en_GB (stone). Empty: the page's settings say it, and each poll reads one document more."
  default     = "metric"

  validation {
    condition     = contains(["", "metric", "en_US", "en_GB"], var.system)
    error_message = "Units are metric, en_US or en_GB, or empty."
  }
}

variable "store" {
  type        = string
  description = "Where the functions keep everything: firestore, or firestore:NAME for a database that was restored beside the one called (default)."
  default     = "firestore"

  validation {
    condition     = can(regex("^firestore(:[a-z][a-z0-9-]{2,61}[a-z0-9])?$", var.store))
    error_message = "Write firestore, or firestore:NAME; a database's name has 4 to 63 lower case letters, digits and hyphens, such as restored-2026-11-25."
  }
}

variable "igor_url" {
  type        = string
  description = "Where to push to Igor (behind a tunnel or VPN, see docs/deploy.md); empty: Igor polls."
  default     = ""

  validation {
    condition     = var.igor_url == "" || startswith(var.igor_url, "https://")
    error_message = "Igor's address must begin with https://, because measurements travel there."
  }
}

variable "igor_user" {
  type        = string
  description = "Igor's user for pushing, whose password is then a secret; empty: the secret is a token that Igor made."
  default     = ""
}

variable "igor_prefix" {
  type        = string
  description = "The element of Igor's database that holds everybody."
  default     = "sensors/fitbit"
}

variable "repush_hours" {
  type        = number
  description = "After how many hours Igor gets everything again although nothing changed, because it may forget; the job repush sends it every night in any case."
  default     = 24

  validation {
    condition     = var.repush_hours >= 1 && var.repush_hours <= 8760 && floor(var.repush_hours) == var.repush_hours
    error_message = "Give a whole number of hours, from 1 to 8760."
  }
}

variable "relay_days" {
  type        = number
  description = "How much of a person Igor gets: so many days before the newest measurement."
  default     = 365

  validation {
    condition     = var.relay_days >= 1 && var.relay_days <= 36500 && floor(var.relay_days) == var.relay_days
    error_message = "Give a whole number of days, from 1 to 36500."
  }
}

variable "log_days" {
  type        = number
  description = "How many days the log of changes is kept, for receivers that were away."
  default     = 30

  validation {
    condition     = var.log_days >= 1 && var.log_days <= 36500 && floor(var.log_days) == var.log_days
    error_message = "Give a whole number of days, from 1 to 36500."
  }
}

variable "addresses" {
  type        = map(string)
  description = "Other addresses of the providers, by setting, for a server that stands in for them."
  default     = {}

  validation {
    condition = alltrue([for name, url in var.addresses : startswith(url, "https://") && contains([
      "google_api_url", "google_auth_url", "google_token_url", "google_revoke_url", "fitbit_api_url", "fitbit_auth_url",
    ], name)])
    error_message = "Only google_api_url, google_auth_url, google_token_url, google_revoke_url, fitbit_api_url and fitbit_auth_url can be given, and each begins with https://."
  }
}
