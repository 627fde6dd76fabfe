# The state lies in a bucket of the project, which `make deploy` makes and names: -backend-config=bucket=…
terraform {
  backend "gcs" {}
}
