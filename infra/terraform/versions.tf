terraform {
  required_version = ">= 1.5"

  required_providers {
    google = {
      source = "hashicorp/google"
      # One version, whose schema these files were checked against; no other can change what a plan means.
      version = "6.50.0"
    }
  }
}

provider "google" {
  project = var.project
  region  = var.region

  # A budget is asked for in the name of the project, not of gcloud's own.
  billing_project       = var.project
  user_project_override = var.billing_account != ""
}
