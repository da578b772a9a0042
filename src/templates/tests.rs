use super::*;
use crate::slo::{Duration, Events, Ratio};

/// Every fact of every template.
fn facts() -> Facts {
    let alert = |all| {
        Facts::default()
            .with("page", true)
            .with("all", all)
            .with("conditions", vec!["One".to_owned(), "two".to_owned()])
    };
    Facts::default()
        .with("name", "Daily sales")
        .with("description", markdown("Loads *orders*."))
        .with("owner", "data")
        .with("runbook", true)
        .with("environment", "production")
        .with("spec", "DagSlo/sales")
        .with("promise", "95% of runs succeed")
        .with("dag", "sales")
        .with("composer", "bigfoot")
        .with("target", Ratio::parse("95%").unwrap())
        .with("window", Duration::days(28))
        .with("events", Events { fewest: 27, most: 29 })
        .with("fewest", 27u64)
        .with("varies", true)
        .with("allowed", 1u64)
        .with("within", Duration::minutes(10))
        .with("closes_after", Duration::days(1))
        .with("consecutive", 2u32)
        .with("every_failure", false)
        .with("counts_starts", true)
        .with("row", "starts")
        .with("counted_step", Fact::Absent)
        .with("scheduled", true)
        .with("dags", 2u64)
        .with("period", Duration::minutes(10))
        .with("through", "2027-12-31")
        .with("days", 60u64)
        .with("users", 2u64)
        .with("silent", Duration::hours(30))
        .with("hold", Duration::minutes(10))
        .with("row_short", Duration::hours(1))
        .with("row_long", Duration::days(1))
        .with("rows", 400u64)
        .with("rows_unseen", 7u64)
        .with("by", "06:30")
        .with("deadline", Duration::hours(3))
        .with("after", Duration::hours(1))
        .with("at_least", Fact::Absent)
        .with("per", Fact::Absent)
        .with("every", Fact::Absent)
        .with("task", "load_orders")
        .with("under", Duration::hours(2))
        .with("share", "2%")
        .with("rate", "13.44")
        .with("long", Duration::hours(1))
        .with("short", Duration::minutes(5))
        .with("lasts", Duration::hours(50))
        .with("reason", "there are few runs, so failures are counted")
        .with("burn_rates", false)
        .with("fast_rate", "13.44")
        .with("fast_long", Duration::hours(1))
        .with("fast_short", Duration::minutes(5))
        .with("slow_rate", "2.8")
        .with("slow_long", Duration::days(1))
        .with("slow_short", Duration::hours(2))
        .with("job", "ingest-events")
        .with("group", false)
        .with("slices", false)
        .with("slice", Duration::minutes(5))
        .with("slow", false)
        .with("of_long", 60u64)
        .with("bad_long", 9u64)
        .with("of_short", 5u64)
        .with("bad_short", 1u64)
        .with("of", "dag-slo")
        .with("column", "customer_id")
        .with("has_baseline", true)
        .with("limit", "{atMost: 2%}")
        .with("limits", Fact::Texts(vec!["zip: {atMost: 2%}".to_owned()]))
        .with("table", "shop.sales.orders")
        .with("history", "shop.genkai.null_ratios")
        .with("check", "orders-nulls")
        .with("columns", 1u64)
        .with("days_by", "column")
        .with("partition", "created_date")
        .with("delay", Duration::hours(2))
        .with("written", "every day 22:00")
        .with("local", Fact::Texts(vec!["07:00".to_owned()]))
        .with("has_rise", true)
        .with("closes", true)
        .with("condition", true)
        .with("min_rows", 1u64)
        .with("empty", "page")
        .with("most_days", 7u64)
        .with("reach", 12u64)
        .with("longest", Duration::hours(26))
        .with("forgets", Fact::Absent)
        .with("timezone", "Asia/Tokyo")
        .with("source", "slo-specs/nulls.yaml")
        .with("closes_after", Duration::days(1))
        .with("step", "Parse_all")
        .with("step_text", markdown("Parse_all"))
        .with("stage", "F12")
        .with("at_most", 1u64)
        .with("subscription", "ingest-events-dlq")
        .with("launch", false)
        .with("gauge", false)
        .with("of_freshness", true)
        .with("silence", Duration::minutes(15))
        .with("statement", "It ends")
        .with("alerts", vec![alert(true), alert(false)])
        .with(
            "promises",
            vec![
                Facts::default().with("statement", "It ends").with("alerts", vec![alert(true)]),
                Facts::default().with("statement", "It ends").with("alerts", Vec::<Facts>::new()),
            ],
        )
}

/// How many conditions the alert has that the tests render most.
const CONDITIONS: usize = 2;

fn with(name: &str, text: &str) -> Result<Templates, TemplateError> {
    Templates::new(vec![(name.into(), text.into())])
}

fn alert(templates: &Templates) -> Result<AlertText, TemplateError> {
    templates.texts(Language::En).alert("dag-slo/repeated-failure.md", &facts(), CONDITIONS)
}

/// Whether a template is an alert's, and not a part or a line.
fn is_alert(text: &str) -> bool {
    text.starts_with("{% extends")
}

#[test]
fn what_an_alert_says() {
    let templates = Templates::new(Vec::new()).unwrap();
    for language in Language::ALL {
        let text = templates.texts(language).alert("dag-slo/repeated-failure.md", &facts(), CONDITIONS);
        insta::assert_debug_snapshot!(format!("what_an_alert_says_{}", language.folder()), text.unwrap());
    }
}

/// The blocks of a template, in their order.
fn blocks(text: &str) -> Vec<&str> {
    let tags = text.split("{% block ").skip(1);
    tags.filter_map(|tag| Some(tag.split_once(' ')?.0)).collect()
}

/// Every branch of every template: the facts, and what differs from them.
fn varied() -> [Facts; 19] {
    [
        facts(),
        facts().with("every_failure", true).with("allowed", 0u64),
        facts()
            .with("description", Fact::Absent)
            .with("varies", false)
            .with("events", Events { fewest: 28, most: 28 })
            .with("runbook", false),
        facts()
            .with("fewest", 1u64)
            .with("varies", false)
            .with("events", Events { fewest: 1, most: 1 })
            .with("allowed", 0u64),
        facts()
            .with("row", "within")
            .with("rows", Fact::Absent)
            .with("rows_unseen", Fact::Absent)
            .with("counts_starts", false)
            .with("scheduled", false)
            .with("burn_rates", true),
        facts().with("counted_step", Duration::minutes(5)),
        facts().with("row", "beyond").with("silent", Fact::Absent).with("hold", Fact::Absent),
        facts().with("forgets", Duration::days(40)).with("at_least", Fact::Absent),
        facts().with("row", "distance").with("counts_starts", false),
        facts().with("alerts", Vec::<Facts>::new()),
        facts().with("dags", 1u64).with("users", 1u64),
        facts().with("by", Fact::Absent).with("every", Duration::hours(6)),
        facts().with("at_least", 1u64).with("per", Duration::days(1)),
        facts().with("at_least", 2u64).with("per", Duration::days(1)),
        facts()
            .with("slices", true)
            .with("group", true)
            .with("slow", true)
            .with("at_most", 0u64)
            .with("rate", Fact::Absent),
        facts().with("step", Fact::Absent).with("step_text", Fact::Absent).with("stage", Fact::Absent),
        facts().with("launch", true).with("gauge", true).with("at_most", 2u64).with("of_freshness", false),
        facts().with("gauge", true).with("step", Fact::Absent).with("stage", Fact::Absent),
        facts()
            .with("step", Fact::Absent)
            .with("slow", true)
            .with("gauge", true)
            .with("bad_long", 1u64)
            .with("bad_short", 2u64),
    ]
}

/// What a template comes to, and each of its blocks.
fn rendered(texts: Texts<'_>, name: &str, text: &str, facts: &Facts) -> Vec<String> {
    let names = blocks(text);
    if names.is_empty() {
        return vec![texts.line(name, facts).unwrap()];
    }
    let mut blocks = texts.blocks(name, facts).unwrap();
    let mut rendered: Vec<String> = names.iter().map(|name| blocks.text(name).unwrap()).collect();
    if is_alert(text) {
        rendered.push(blocks.captured.output().to_owned());
    }
    rendered
}

#[test]
fn every_template_can_be_rendered_whatever_the_facts_are() {
    let templates = Templates::new(Vec::new()).unwrap();
    for language in Language::ALL {
        // What a plan says is rendered from plans alone, by tests/plan.rs.
        let of_stacks = |name: &str| name != LAYOUT && !name.starts_with("plan/");
        for (name, text) in built_in::texts(language).iter().filter(|(name, _)| of_stacks(name)) {
            for facts in &varied() {
                for rendered in rendered(templates.texts(language), name, text, facts) {
                    assert!(!rendered.is_empty(), "{name}");
                    let untidy =
                        ["{{", "}}", "{%", "\n\n\n", "  ", " \n", " 。", "。 ", " .", " ,", "..", "。。"];
                    let found = untidy.into_iter().find(|wrong| rendered.contains(wrong));
                    assert_eq!(found, None, "{}/{name}: {rendered}", language.folder());
                }
            }
        }
    }
}

/// What an alert must say.
const ALERT_BLOCKS: [&str; 8] =
    ["title", "conditions", "happened", "derivation", "checks", "fires", "quiet", "resolves"];

#[test]
fn all_languages_have_the_same_blocks_and_use_the_same_facts() {
    let templates = Templates::new(Vec::new()).unwrap();
    let used = |language: Language, name: &str| {
        let name = format!("{}/{name}", language.folder());
        templates.environment.get_template(&name).unwrap().undeclared_variables(false)
    };
    let [first, others @ ..] = Language::ALL;
    for (name, text) in built_in::texts(first) {
        if is_alert(text) {
            assert_eq!(blocks(text), ALERT_BLOCKS, "{name}");
        }
        for other in others {
            let (_, translated) = built_in::texts(other).iter().find(|(other, _)| other == name).unwrap();
            assert_eq!(blocks(translated), blocks(text), "{name}");
            // The reason of a decision is in English alone, and only English has a plural.
            let apart = |facts: std::collections::HashSet<String>| {
                let apart = ["reason", "burn_rates", "fewest"];
                facts
                    .into_iter()
                    .filter(|fact| !apart.contains(&&**fact))
                    .collect::<std::collections::BTreeSet<_>>()
            };
            assert_eq!(apart(used(other, name)), apart(used(first, name)), "{name}");
        }
    }
    for language in Language::ALL {
        for (name, text) in built_in::texts(language) {
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

/// What each template uses stands in the docs; `tests/templates.rs` looks whether it is there.
#[test]
fn the_docs_list_every_fact() {
    let docs = include_str!("../../docs/templates.md");
    let templates = Templates::new(Vec::new()).unwrap();
    for language in Language::ALL {
        for (template, _) in built_in::texts(language) {
            let name = format!("{}/{template}", language.folder());
            let facts = templates.environment.get_template(&name).unwrap().undeclared_variables(false);
            // A fact has a row of its own, or stands in that of the only template that has it.
            let row =
                docs.lines().find(|line| line.starts_with(&format!("| `{template}` |"))).unwrap_or_default();
            for fact in std::collections::BTreeSet::from_iter(facts) {
                assert!(
                    ["self", "range"].contains(&&*fact)
                        || docs.contains(&format!("| `{fact}` |"))
                        || row.contains(&format!("`{fact}`")),
                    "{name} uses `{fact}`"
                );
            }
        }
    }
}
