use super::*;
use crate::slo::{Duration, Ratio};

/// Every fact that an alert of a DagSlo may use.
fn facts() -> Facts {
    Facts::default()
        .with("name", "Daily sales")
        .with("description", markdown("Loads *orders*."))
        .with("owner", "data")
        .with("environment", "production")
        .with("spec", "DagSlo/sales")
        .with("promise", "95% of runs succeed")
        .with("dag", "sales")
        .with("composer", "bigfoot")
        .with("target", Ratio::parse("95%").unwrap())
        .with("window", Duration::days(28))
        .with("fewest", 27u64)
        .with("most", 29u64)
        .with("allowed", 1u64)
        .with("within", Duration::minutes(10))
        .with("closes_after", Duration::days(1))
        .with("consecutive", 2u32)
        .with("every_failure", false)
        .with("share", "2%")
        .with("rate", "13.44")
        .with("long", Duration::hours(1))
        .with("short", Duration::minutes(5))
        .with("lasts", Duration::hours(50))
}

fn with(name: &str, text: &str) -> Result<Templates, TemplateError> {
    Templates::new(vec![(name.into(), text.into())])
}

fn alert(templates: &Templates) -> Result<AlertText, TemplateError> {
    templates.texts(Language::En).alert("dag-slo/repeated-failure.md", &facts())
}

/// Whether a template is an alert's, and not a part or a line.
fn is_alert(text: &str) -> bool {
    text.starts_with("{% extends")
}

#[test]
fn what_an_alert_says() {
    insta::assert_debug_snapshot!(alert(&Templates::new(Vec::new()).unwrap()).unwrap());
}

#[test]
fn every_template_can_be_rendered_whatever_the_facts_are() {
    let templates = Templates::new(Vec::new()).unwrap();
    let varied = [
        facts(),
        facts().with("every_failure", true).with("allowed", 0u64),
        facts().with("description", Fact::Absent).with("most", 27u64),
        facts().with("fewest", 1u64).with("most", 1u64),
    ];
    for language in Language::ALL {
        let texts = templates.texts(language);
        for (name, text) in built_in::texts(language) {
            for facts in &varied {
                if is_alert(text) {
                    let alert = texts.alert(name, facts).unwrap();
                    assert!(!format!("{alert:?}").contains("{{"), "{alert:?}");
                    let lines = [&alert.title, &alert.fires, &alert.quiet, &alert.resolves];
                    assert!(lines.iter().all(|line| !line.is_empty()), "{alert:?}");
                    assert!(!alert.conditions.is_empty(), "{alert:?}");
                    assert!(!alert.content.contains("\n\n\n") && !alert.content.contains(" \n"), "{alert:?}");
                } else if *name != LAYOUT {
                    assert!(!texts.line(name, facts).unwrap().is_empty(), "{name}");
                }
            }
        }
    }
}

/// Every alert says everything, in every language.
#[test]
fn all_languages_have_the_same_templates_and_blocks() {
    let blocks = |text: &str| -> Vec<String> {
        let tags = text.split("{% block ").skip(1);
        tags.filter_map(|tag| Some(tag.split_once(' ')?.0.to_owned())).collect()
    };
    for language in Language::ALL {
        for (name, text) in built_in::texts(language) {
            if is_alert(text) {
                let all =
                    ["title", "conditions", "happened", "derivation", "checks", "fires", "quiet", "resolves"];
                assert_eq!(blocks(text), all, "{name}");
                assert!(text.starts_with(&format!("{{% extends \"{}/", language.folder())), "{name}");
            }
            for other in Language::ALL.into_iter().filter(|other| *other != language) {
                assert!(!text.contains(&format!("\"{}/", other.folder())), "{name} uses another language");
            }
        }
    }
}

#[test]
fn a_project_overrides_by_name_and_mistakes_are_errors() {
    let layout = with("en/alert.md", "{{ owner }}!").unwrap();
    assert_eq!(alert(&layout).unwrap().content, "data!");
    let reason = |result: Result<AlertText, TemplateError>| result.unwrap_err().to_string();
    assert!(with("alarm.md", "").unwrap_err().to_string().contains("no such template"));
    assert!(with("built-in/en/alert.md", "").is_err());
    assert!(with("en/alert.md", "{{ oops").is_err());
    let unknown = with("en/alert.md", "First.\n{{ ownr }}").unwrap();
    assert_eq!(
        reason(alert(&unknown)),
        "template `en/alert.md`: undefined value (in en/alert.md:2): `{{ ownr }}`"
    );
    let endless = "{% for i in range(9999) %}{% for j in range(9999) %}x{% endfor %}{% endfor %}";
    assert!(alert(&with("en/alert.md", endless).unwrap()).is_err());
    let without_blocks = with("en/dag-slo/repeated-failure.md", "Call us.").unwrap();
    assert!(reason(alert(&without_blocks)).contains("title"), "{}", reason(alert(&without_blocks)));
}

#[test]
fn a_project_overrides_a_part() {
    let own = "{% extends \"built-in/en/dag-slo/repeated-failure.md\" %}{% block checks %}Call {{ owner }}.{% endblock %}";
    let text = alert(&with("en/dag-slo/repeated-failure.md", own).unwrap()).unwrap();
    assert!(text.content.contains("Look first at**\n\nCall data.\n"), "{}", text.content);
    assert_eq!(text.title, "runs keep failing");
    // And another's layout.
    let layout = "{% extends \"built-in/en/alert.md\" %}";
    let text = alert(&with("en/alert.md", layout).unwrap()).unwrap();
    assert_eq!(text, alert(&Templates::new(Vec::new()).unwrap()).unwrap());
}
