resource "google_monitoring_custom_service" "orders" {
  service_id   = "orders"
  display_name = "Orders"
}

resource "google_monitoring_slo" "orders_fresh" {
  service             = google_monitoring_custom_service.orders.service_id
  slo_id              = "orders-fresh"
  display_name        = "Orders are fresh"
  goal                = 0.99
  rolling_period_days = 28

  windows_based_sli {
    window_period = "3600s"

    metric_mean_in_range {
      time_series = "metric.type=\"custom.googleapis.com/orders/age\" resource.type=\"global\""

      range {
        max = 1800
      }
    }
  }
}

resource "google_monitoring_slo" "orders_complete" {
  service         = google_monitoring_custom_service.orders.service_id
  slo_id          = "orders-complete"
  goal            = 0.999
  calendar_period = "MONTH"

  request_based_sli {
    good_total_ratio {
      good_service_filter = "metric.type=\"logging.googleapis.com/user/orders_good\" resource.type=\"global\""
      bad_service_filter  = "metric.type=\"logging.googleapis.com/user/orders_bad\" resource.type=\"global\""
    }
  }
}
