variable "project" {
  type        = string
  description = "The id of a Google Cloud project with billing, best one that holds nothing else."

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "Give the project's id, such as healthrelay-home: 6 to 30 lower case letters, digits and hyphens; not its name or number."
  }
}

variable "project_number" {
  type        = string
  description = "The project's number, which is in the addresses of its private functions and by which a budget knows it; `make deploy` fills it."

  validation {
    condition     = can(regex("^[0-9]+$", var.project_number))
    error_message = "A project's number has digits only."
  }
}

variable "queue" {
  type        = string
  description = "The name of the queue; another one while the name of a deleted queue rests, which takes days."
  default     = "healthrelay"

  validation {
    condition     = can(regex("^healthrelay(-[0-9]+)?$", var.queue))
    error_message = "A queue is called healthrelay, or healthrelay-2 and so on."
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
  default     = 3

  validation {
    condition     = var.max_instances >= 1 && var.max_instances <= 60 && floor(var.max_instances) == var.max_instances
    error_message = "Between 1 and 60 instances: more of a third of a CPU are over the 20 CPUs that a region gives at first, and ten serve about a thousand people."
  }
}

variable "alert_email" {
  type        = string
  description = "Who gets an e-mail when something needs a person; empty: nobody, and there are no alerts (Google may charge for each, docs/costs.md). The count and the dashboard stay."
  default     = ""

  validation {
    condition     = var.alert_email == "" || can(regex("^[^@ ]+@[^@ ]+\\.[^@ ]+$", var.alert_email))
    error_message = "Give one e-mail address, or leave it empty."
  }
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

variable "keep_traces" {
  type        = bool
  description = "Whether Cloud Trace stays on in the project. `make deploy` switches it off otherwise, because traces hold whole addresses, and those of Igor's polls hold keys."
  default     = false
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
