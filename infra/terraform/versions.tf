terraform {
  required_version = ">= 1.5"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 6.50, < 9"
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
