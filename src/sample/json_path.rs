//! Paths into JSON values, such as `$.user.ids[0]`.

use serde_json::Value as Json;

/// Whether a path leads to something that is not JSON's null.
///
/// # Errors
/// The text is no JSON.
pub(super) fn leads_to_a_value(text: &str, path: &str) -> Result<bool, String> {
    let json: Json = serde_json::from_str(text).map_err(|error| {
        format!("`{}` is no JSON: {}", super::value::shown(text), super::value::shown(&error.to_string()))
    })?;
    let mut steps = path.trim_start_matches('$').split(['.', '[']).filter(|step| !step.is_empty());
    let found = steps.try_fold(&json, |json, step| match step.strip_suffix(']') {
        Some(index) => json.as_array()?.get(index.parse::<usize>().ok()?),
        None => json.as_object()?.get(step),
    });
    Ok(found.is_some_and(|value| !value.is_null()))
}

#[cfg(test)]
mod tests {
    use super::leads_to_a_value;

    #[test]
    fn a_path_leads_to_a_value_or_to_nothing() {
        let json = r#"{"user": {"ids": [7, null], "Name": ""}, "empty": null}"#;
        for path in ["$.user", "$.user.ids", "$.user.ids[0]", "$.user.Name"] {
            assert_eq!(leads_to_a_value(json, path), Ok(true), "{path}");
        }
        for path in
            ["$.empty", "$.user.ids[1]", "$.user.ids[2]", "$.user.name", "$.user[0]", "$.user.ids.x", "$.x.y"]
        {
            assert_eq!(leads_to_a_value(json, path), Ok(false), "{path}");
        }
        assert!(leads_to_a_value("{", "$.a").is_err());
        assert!(leads_to_a_value(&"[".repeat(100_000), "$.a").is_err());
    }
}
