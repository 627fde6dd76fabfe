# Optional: a key that never leaves Cloud KMS wraps the keys that seal tokens.

locals {
  wrappers = toset(var.kms ? [for name in keys(local.functions) : name if contains(local.needs[name], "kms_key")] : [])
}

resource "google_kms_key_ring" "ring" {
  count = var.kms ? 1 : 0

  name     = "healthrelay"
  project  = var.project
  location = var.region

  depends_on = [google_project_service.service]
}

resource "google_kms_crypto_key" "sealing" {
  count = var.kms ? 1 : 0

  name                       = "sealing"
  key_ring                   = google_kms_key_ring.ring[0].id
  purpose                    = "ENCRYPT_DECRYPT"
  rotation_period            = "7776000s" # 90 days
  destroy_scheduled_duration = "2592000s" # 30 days to think better of it: without it no token opens
}

resource "google_kms_crypto_key_iam_member" "wrapper" {
  for_each = local.wrappers

  crypto_key_id = google_kms_crypto_key.sealing[0].id
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = "serviceAccount:${google_service_account.function[each.key].account_id}@${var.project}.iam.gserviceaccount.com"
}
