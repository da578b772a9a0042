resource "google_logging_metric" "orders_bad" {
  name            = "orders_bad"
  filter          = "jsonPayload.result=\"FAILED\""
  value_extractor = "EXTRACT(jsonPayload.nullRowCount)"

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "DISTRIBUTION"

    labels {
      key        = "rule"
      value_type = "STRING"
    }
  }

  label_extractors = {
    rule = "EXTRACT(jsonPayload.ruleName)"
  }

  bucket_options {
    exponential_buckets {
      num_finite_buckets = 64
      growth_factor      = 2
      scale              = 0.01
    }
  }
}
