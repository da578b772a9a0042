data "google_monitoring_notification_channel" "on_call" {
  display_name = "Orders on call"
  type         = "pagerduty"
}

resource "google_monitoring_notification_channel" "mail" {
  display_name = "Orders by mail"
  type         = "email"

  labels = {
    email_address = "orders@example.com"
  }
}

resource "google_monitoring_notification_channel" "chat" {
  display_name = "Orders in chat"
  type         = "slack"

  labels = {
    channel_name = "#orders"
  }

  sensitive_labels {
    auth_token = "secret"
  }
}
