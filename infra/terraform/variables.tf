variable "project" {
  type        = string
  description = "The id of a Google Cloud project with billing, best one that holds nothing else."

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "Give the project's id, such as healthrelay-home: 6 to 30 lower case letters, digits and hyphens; not its name or number."
  }
}

variable "region" {
  type        = string
  description = "Where the functions run; one that also has Cloud Scheduler and Cloud Tasks."
  default     = "europe-west1"

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "Give a region such as europe-west1 or us-central1; not a zone such as europe-west1-b."
  }
}

variable "database_location" {
  type        = string
  description = "Where Firestore keeps the data, once and for all; empty: the functions' region. eur3 and nam5 span several regions."
  default     = ""
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
  description = "Units: metric (kg), en_US (lb) or en_GB (stone)."
  default     = "metric"

  validation {
    condition     = contains(["metric", "en_US", "en_GB"], var.system)
    error_message = "Units are metric, en_US or en_GB."
  }
}

variable "public_url" {
  type        = string
  description = "A domain of your own in front of the functions (its path is the function's name); empty: Google's shared host."
  default     = ""

  validation {
    condition     = var.public_url == "" || can(regex("^https://[^/?#]+$", var.public_url))
    error_message = "Give an address such as https://health.example.org, without a path or a slash at the end."
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

variable "schedules" {
  type        = map(string)
  description = "When the jobs run, as cron writes it, by job; a job that is left out keeps its time."
  default     = {}

  validation {
    condition     = alltrue([for job, when in var.schedules : length(split(" ", when)) == 5 && contains(["fetch", "deliver", "repush"], job)])
    error_message = "The jobs are fetch, deliver and repush; a time has five fields, such as */15 * * * *."
  }
}

variable "time_zone" {
  type        = string
  description = "The zone of the schedules."
  default     = "Etc/UTC"
}

variable "max_instances" {
  type        = number
  description = "How many instances of one function may run at once; more requests get a 429 and cost nothing."
  default     = 10

  validation {
    condition     = var.max_instances >= 1 && var.max_instances <= 100
    error_message = "Between 1 and 100 instances: ten serve about a thousand people."
  }
}

variable "alert_email" {
  type        = string
  description = "Who gets an e-mail when something needs a person; empty: nobody, the alerts are only shown."
  default     = ""

  validation {
    condition     = var.alert_email == "" || can(regex("^[^@ ]+@[^@ ]+\\.[^@ ]+$", var.alert_email))
    error_message = "Give one e-mail address, or leave it empty."
  }
}

variable "alerts" {
  type        = bool
  description = "Whether to raise alerts at all: Google may charge for each condition (docs/costs.md). The counts and the dashboard stay."
  default     = true
}

variable "billing_account" {
  type        = string
  description = "For a budget that warns: the id of the billing account, as 012345-6789AB-CDEF01; empty: no budget."
  default     = ""

  validation {
    condition     = var.billing_account == "" || can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", var.billing_account))
    error_message = "A billing account's id looks like 012345-6789AB-CDEF01."
  }
}

variable "monthly_budget" {
  type        = number
  description = "Warn at half and at all of this sum a month, in the billing account's currency."
  default     = 5

  validation {
    condition     = var.monthly_budget >= 1 && floor(var.monthly_budget) == var.monthly_budget
    error_message = "A budget is a whole sum of at least 1."
  }
}

variable "generation" {
  type        = number
  description = "Raise it after you change a secret: every function starts again and reads it."
  default     = 1

  validation {
    condition     = var.generation >= 1 && floor(var.generation) == var.generation
    error_message = "A generation is a whole number, one more than the one before."
  }
}

variable "keep_data" {
  type        = bool
  description = "Protect the database: destroying leaves it where it is. Set it to false before you delete the data."
  default     = true
}

variable "running" {
  type        = bool
  description = "Whether the functions are there. Without them the data, their secrets and keys stay, and little else."
  default     = true
}

variable "bundles" {
  type        = string
  description = "The folder into which `make bundle` has packed the functions."
  default     = "../../build"
}

variable "repush_hours" {
  description = "After how many hours Igor gets everything again although nothing changed, because it may forget; the job repush sends it every night in any case."
  type        = number
  default     = 24

  validation {
    condition     = var.repush_hours >= 1 && var.repush_hours <= 8760 && floor(var.repush_hours) == var.repush_hours
    error_message = "Give a whole number of hours, from 1 to 8760."
  }
}

variable "relay_days" {
  description = "How much of a person Igor gets: so many days before the newest measurement."
  type        = number
  default     = 365

  validation {
    condition     = var.relay_days >= 1 && var.relay_days <= 36500 && floor(var.relay_days) == var.relay_days
    error_message = "Give a whole number of days, from 1 to 36500."
  }
}

variable "log_days" {
  description = "How many days the log of changes is kept, for receivers that were away."
  type        = number
  default     = 30

  validation {
    condition     = var.log_days >= 1 && var.log_days <= 36500 && floor(var.log_days) == var.log_days
    error_message = "Give a whole number of days, from 1 to 36500."
  }
}
