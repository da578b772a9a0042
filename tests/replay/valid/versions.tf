terraform {
  required_version = ">= 1.7"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 6.50, < 9"
    }
    grafana = {
      source  = "grafana/grafana"
      version = ">= 4.0, < 5"
    }
  }

  backend "gcs" {
    bucket = "shop-terraform"
    prefix = "genkai"
  }
}

provider "google" {
  project = "shop-prod"
  region  = "europe-west1"
}

provider "grafana" {
  url  = "https://grafana.example.com"
  auth = "token"
}
