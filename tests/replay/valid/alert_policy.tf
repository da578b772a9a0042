resource "google_monitoring_alert_policy" "orders_late" {
  display_name          = "Orders are late"
  combiner              = "AND"
  severity              = "CRITICAL"
  notification_channels = [data.google_monitoring_notification_channel.on_call.name]

  conditions {
    display_name = "Burning the budget"

    condition_threshold {
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.orders_fresh.name}\", \"3600s\")"
      comparison      = "COMPARISON_GT"
      threshold_value = 14.4
      duration        = "0s"

      aggregations {
        alignment_period     = "300s"
        per_series_aligner   = "ALIGN_MEAN"
        cross_series_reducer = "REDUCE_MAX"
        group_by_fields      = ["resource.label.project_id"]
      }

      trigger {
        count = 1
      }
    }
  }

  conditions {
    display_name = "No data"

    condition_absent {
      filter   = "metric.type=\"custom.googleapis.com/orders/age\" AND resource.type=\"global\""
      duration = "3600s"
    }
  }

  alert_strategy {
    auto_close           = "86400s"
    notification_prompts = ["OPENED", "CLOSED"]
  }

  documentation {
    content = "See the runbook."

    links {
      display_name = "Runbook"
      url          = "https://example.com/runbook"
    }
  }

  user_labels = {
    team = "orders"
  }
}

resource "google_monitoring_alert_policy" "orders_query" {
  display_name = "Orders stopped"
  combiner     = "OR"

  conditions {
    display_name = "No rows"

    condition_prometheus_query_language {
      query               = "increase(orders_total[1h]) < 1"
      duration            = "600s"
      evaluation_interval = "60s"
    }
  }
}

resource "google_monitoring_alert_policy" "orders_log" {
  display_name = "Orders table changed"
  combiner     = "OR"

  conditions {
    display_name = "DDL event"

    condition_matched_log {
      filter = "protoPayload.methodName=\"google.cloud.bigquery.v2.JobService.InsertJob\""
    }
  }

  alert_strategy {
    auto_close = "1800s"

    notification_rate_limit {
      period = "3600s"
    }
  }
}
