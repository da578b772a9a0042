resource "google_bigquery_dataset" "genkai" {
  dataset_id = "genkai"
  location   = "EU"
}

resource "google_bigquery_table" "null_ratios" {
  dataset_id          = google_bigquery_dataset.genkai.dataset_id
  table_id            = "null_ratios"
  deletion_protection = false
  clustering          = ["table_name"]

  schema = jsonencode([
    { name = "measured_at", type = "TIMESTAMP", mode = "REQUIRED" },
    { name = "table_name", type = "STRING", mode = "NULLABLE" },
  ])

  time_partitioning {
    type  = "DAY"
    field = "measured_at"
  }
}

resource "google_bigquery_data_transfer_config" "null_ratios" {
  display_name           = "Null ratios"
  data_source_id         = "scheduled_query"
  destination_dataset_id = google_bigquery_dataset.genkai.dataset_id
  location               = google_bigquery_dataset.genkai.location
  schedule               = "every 1 hours"
  service_account_name   = "genkai@shop-prod.iam.gserviceaccount.com"

  params = {
    query             = "SELECT 1"
    write_disposition = "WRITE_APPEND"
  }

  email_preferences {
    enable_failure_email = true
  }

  schedule_options {
    start_time = "2026-01-01T00:00:00Z"
  }
}
