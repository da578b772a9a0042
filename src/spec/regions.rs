//! The regions of Google Cloud, and where they are. Google adds some each year, so a region that is not among them is no
//! error. Source: cloud.google.com/about/locations.

use crate::diagnostics::closest;

/// Regions with their cities or countries.
const REGIONS: [(&str, &[&str]); 43] = [
    ("africa-south1", &["johannesburg"]),
    ("asia-east1", &["taiwan"]),
    ("asia-east2", &["hong kong"]),
    ("asia-northeast1", &["tokyo"]),
    ("asia-northeast2", &["osaka"]),
    ("asia-northeast3", &["seoul"]),
    ("asia-south1", &["mumbai"]),
    ("asia-south2", &["delhi"]),
    ("asia-southeast1", &["singapore"]),
    ("asia-southeast2", &["jakarta"]),
    ("asia-southeast3", &["bangkok"]),
    ("australia-southeast1", &["sydney"]),
    ("australia-southeast2", &["melbourne"]),
    ("europe-central2", &["warsaw"]),
    ("europe-north1", &["finland"]),
    ("europe-north2", &["stockholm"]),
    ("europe-southwest1", &["madrid"]),
    ("europe-west1", &["belgium"]),
    ("europe-west2", &["london"]),
    ("europe-west3", &["frankfurt"]),
    ("europe-west4", &["netherlands"]),
    ("europe-west6", &["zurich"]),
    ("europe-west8", &["milan"]),
    ("europe-west9", &["paris"]),
    ("europe-west10", &["berlin"]),
    ("europe-west12", &["turin"]),
    ("me-central1", &["doha"]),
    ("me-central2", &["dammam"]),
    ("me-west1", &["tel aviv"]),
    ("northamerica-northeast1", &["montreal"]),
    ("northamerica-northeast2", &["toronto"]),
    ("northamerica-south1", &["mexico"]),
    ("southamerica-east1", &["sao paulo"]),
    ("southamerica-west1", &["santiago"]),
    ("us-central1", &["iowa"]),
    ("us-east1", &["south carolina"]),
    ("us-east4", &["northern virginia", "virginia"]),
    ("us-east5", &["columbus", "ohio"]),
    ("us-south1", &["dallas", "texas"]),
    ("us-west1", &["oregon"]),
    ("us-west2", &["los angeles"]),
    ("us-west3", &["salt lake city"]),
    ("us-west4", &["las vegas"]),
];

/// The region that a text most likely means: a zone of it, its city, or a name that is close to its own.
pub fn named(text: &str) -> Option<&'static str> {
    let text = text.trim().to_lowercase().replace('_', "-");
    let city = REGIONS.iter().find(|(_, cities)| cities.contains(&text.as_str()));
    let zone =
        || REGIONS.iter().find(|(region, _)| text.strip_prefix(region).is_some_and(|zone| zone.len() == 2));
    let near = || closest(&text, REGIONS.iter().map(|(region, _)| *region));
    city.or_else(zone).map(|(region, _)| *region).or_else(near)
}

/// Whether a region is among those that are known.
pub fn is_known(region: &str) -> bool {
    REGIONS.iter().any(|(known, _)| *known == region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cities_zones_and_misspelt_regions() {
        for (text, region) in [
            ("tokyo", "asia-northeast1"),
            ("asia-northeast1-a", "asia-northeast1"),
            ("Asia_Northeast1", "asia-northeast1"),
            ("asia-north-east1", "asia-northeast1"),
            ("us-central", "us-central1"),
        ] {
            assert_eq!(named(text), Some(region), "{text}");
        }
        assert_eq!(named("moon"), None);
        assert!(is_known("asia-northeast1") && !is_known("asia-northeast9"));
    }
}
