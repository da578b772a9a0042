resource "grafana_folder" "orders" {
  title = "Orders"
  uid   = "orders"
}

resource "grafana_dashboard" "orders" {
  folder    = grafana_folder.orders.uid
  overwrite = true

  config_json = jsonencode({ uid = "orders", title = "Orders", panels = [] })
}
