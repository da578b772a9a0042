//! A stand-in for the API: it refuses what the real one refused, in its words, as far as these are known.

use crate::rejections::filter::comparisons;
use genkai::gcp::metrics::{ALL, Metric, MetricKind, ValueType};
use hcl_rs::expr::TemplateExpr;
use hcl_rs::{Body, Expression};
use promql_parser::parser::{Expr, parse};
use promql_parser::util::{ExprVisitor, walk_expr};

/// What it says to the resources of a root module.
pub fn refusals(terraform: &str) -> Vec<String> {
    let module: Body = hcl_rs::parse(terraform).unwrap_or_else(|error| panic!("{error}: {terraform}"));
    let mut refusals = Vec::new();
    for resource in module.blocks().filter(|block| block.identifier() == "resource") {
        let body = resource.body();
        match resource.labels()[0].as_str() {
            "google_monitoring_alert_policy" => refusals.extend(policy(body)),
            "google_monitoring_slo" => refusals.extend(slo(body)),
            "google_dataplex_datascan" => refusals.push(
                "Error creating Datascan: googleapi: Error 403: Permission denied for user to access source BigQuery table"
                    .to_owned(),
            ),
            _ => {}
        }
    }
    refusals
}

/// The blocks of a name.
pub fn blocks<'a>(body: &'a Body, name: &'a str) -> impl Iterator<Item = &'a Body> {
    body.blocks().filter(move |block| block.identifier() == name).map(|block| block.body())
}

/// The value of an argument.
pub fn attribute<'a>(body: &'a Body, key: &str) -> Option<&'a Expression> {
    body.attributes().find(|attribute| attribute.key() == key).map(|attribute| attribute.expr())
}

/// A text, also one that is written as a heredoc.
pub fn text(body: &Body, key: &str) -> Option<String> {
    match attribute(body, key)? {
        Expression::String(text) => Some(text.clone()),
        Expression::TemplateExpr(template) => Some(written(template)),
        Expression::FuncCall(call) => match call.args.first()? {
            Expression::TemplateExpr(template) => Some(written(template)),
            other => panic!("no text: {other:?}"),
        },
        other => panic!("no text: {other:?}"),
    }
}

fn written(template: &TemplateExpr) -> String {
    match template {
        TemplateExpr::QuotedString(text) => text.clone(),
        TemplateExpr::Heredoc(heredoc) => heredoc.template.clone(),
    }
}

fn seconds(text: &str) -> u64 {
    text.strip_suffix('s').and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("{text}"))
}

/// What it says to an alert policy.
pub fn policy(policy: &Body) -> Vec<String> {
    let conditions: Vec<&Body> = blocks(policy, "conditions").collect();
    let about_logs = conditions.iter().any(|it| blocks(it, "condition_matched_log").next().is_some());
    let mut refusals = Vec::new();
    if about_logs && conditions.len() > 1 {
        refusals.push(
            "Alert policies with a log matching condition can only have a single condition.".to_owned(),
        );
    }
    let strategy = blocks(policy, "alert_strategy").next();
    let limit = strategy.and_then(|it| blocks(it, "notification_rate_limit").next());
    match limit.map(|it| text(it, "period").unwrap()) {
        Some(period) if !about_logs => refusals.push(format!(
            "Field alertStrategy.notificationRateLimit had an invalid value of \"period {{ seconds: {} }}\": only log-based \
             alert policies may specify a notification rate limit",
            seconds(&period)
        )),
        None if about_logs => refusals
            .push("alertStrategy.notificationRateLimit: Required for log-based alerting policies".to_owned()),
        _ => {}
    }
    if let Some(after) = strategy.and_then(|it| text(it, "auto_close")).map(|it| seconds(&it))
        && after < 30 * 60
    {
        refusals.push(format!(
            "Field alertStrategy.autoClose had an invalid value of \"seconds: {after}\": the autoclose duration should be at \
             least 30 minutes"
        ));
    }
    let with_index = conditions.iter().enumerate();
    refusals.extend(
        with_index.flat_map(|(index, it)| condition(&format!("alert_policy.conditions[{index}]"), it)),
    );
    refusals
}

fn condition(field: &str, condition: &Body) -> Vec<String> {
    let Some(block) = condition.blocks().next() else {
        return vec![format!(
            "Field {field}.condition_case had an invalid value of \"0\": Condition subtype is absent or unknown."
        )];
    };
    let body = block.body();
    match block.identifier() {
        "condition_threshold" => threshold(&format!("{field}.condition_threshold"), body),
        "condition_absent" => {
            let duration = text(body, "duration").unwrap();
            let long = (seconds(&duration) > 23 * 3_600 + 30 * 60).then(|| {
                format!(
                    "Field {field}.condition_absent.duration had an invalid value of \"{duration}\": Durations longer than \
                     23h30m are not supported."
                )
            });
            long.into_iter().collect()
        }
        "condition_matched_log" => {
            let filter = text(body, "filter").unwrap();
            let error = comparisons(&filter).err();
            error.map(|error| invalid(&format!("{field}.filter"), &filter, &error)).into_iter().collect()
        }
        "condition_prometheus_query_language" => promql(body),
        other => panic!("no stand-in for `{other}`"),
    }
}

fn invalid(field: &str, value: &str, why: &str) -> String {
    format!("Field {field} had an invalid value of \"{value}\": {why}")
}

fn threshold(field: &str, body: &Body) -> Vec<String> {
    let mut refusals = Vec::new();
    let hold = text(body, "duration").unwrap();
    if let Some(missing) = text(body, "evaluation_missing_data").filter(|_| seconds(&hold) == 0) {
        let why = "Conditions setting evaluation_missing_data must have a non-zero duration.";
        refusals.push(invalid(&format!("{field}.evaluation_missing_data"), &missing, why));
    }
    let filter = text(body, "filter").unwrap();
    if filter.starts_with("select_slo_burn_rate(") {
        return refusals;
    }
    let field = format!("{field}.filter");
    let terms = match comparisons(&filter) {
        Ok(terms) => terms,
        Err(error) => return vec![invalid(&field, &filter, &error)],
    };
    let prefixes = ["group.", "metadata.", "metric.", "project", "resource."];
    if !terms.iter().all(|term| prefixes.iter().any(|prefix| term.left.starts_with(prefix))) {
        let why = "The lefthand side of each expression must be prefixed with one of {group, metadata, metric, project, \
                   resource}";
        return vec![invalid(&field, &filter, why)];
    }
    let value = |key: &str| terms.iter().find(|term| term.left == key).map(|term| term.right.as_str());
    if value("resource.type").is_none() {
        let why = "must specify a restriction on \"resource.type\" in the filter";
        refusals.push(invalid(&field, &filter, why));
    }
    let Some(metric) = value("metric.type").and_then(known) else {
        refusals.push(format!(
            "Cannot find metric(s) that match type = \"{}\". If a metric was created recently, it could take up to 10 minutes \
             to become available. Please try again soon.",
            value("metric.type").unwrap_or_default()
        ));
        return refusals;
    };
    refusals.extend(blocks(body, "aggregations").filter_map(|aggregation| aligned(aggregation, metric)));
    refusals
}

fn slo(slo: &Body) -> Vec<String> {
    let ratios = blocks(slo, "request_based_sli").flat_map(|sli| blocks(sli, "good_total_ratio"));
    let filters = ratios.flat_map(|ratio| {
        let keys = ["good_service_filter", "bad_service_filter", "total_service_filter"];
        keys.into_iter().filter_map(move |key| text(ratio, key))
    });
    let metric = |filter: String| {
        let terms = comparisons(&filter).ok()?;
        known(&terms.iter().find(|term| term.left == "metric.type")?.right)
    };
    let unknown = filters.map(metric).any(|metric| metric.is_none());
    let why = "Error creating Slo: googleapi: Error 400: Invalid SLO definition: The metric referenced by the provided filter is \
               unknown. Check the metric name and labels.";
    unknown.then(|| why.to_owned()).into_iter().collect()
}

/// A metric that is there before anybody writes a point: Google's own.
fn known(name: &str) -> Option<&'static Metric> {
    ALL.iter().copied().find(|metric| metric.name == name)
}

/// Which metrics an aligner is for, as the comments of `common.proto` say.
fn aligned(aggregation: &Body, metric: &Metric) -> Option<String> {
    let aligner = text(aggregation, "per_series_aligner")?;
    let number = matches!(metric.value, ValueType::Int64 | ValueType::Double);
    let suits = match aligner.as_str() {
        "ALIGN_DELTA" | "ALIGN_RATE" => metric.kind == MetricKind::Delta,
        "ALIGN_MIN" | "ALIGN_MAX" | "ALIGN_MEAN" | "ALIGN_SUM" | "ALIGN_COUNT" => number,
        "ALIGN_NEXT_OLDER" | "ALIGN_INTERPOLATE" => metric.kind == MetricKind::Gauge,
        _ => false,
    };
    let (kind, value) =
        (format!("{:?}", metric.kind).to_uppercase(), format!("{:?}", metric.value).to_uppercase());
    (!suits).then(|| {
        let why =
            format!("The aligner cannot be applied to metrics with kind {kind} and value type {value}.");
        invalid("aggregation.perSeriesAligner", &aligner, &why)
    })
}

fn promql(body: &Body) -> Vec<String> {
    let query = text(body, "query").unwrap();
    let expr = parse(&query).unwrap_or_else(|error| panic!("{error}: {query}"));
    let mut seen = Seen::default();
    walk_expr(&mut seen, &expr).unwrap();
    let mut refusals = Vec::new();
    if seen.without_resource {
        refusals.push("the metric has several monitored resources, and the selector names none".to_owned());
    }
    let unvalidated = attribute(body, "disable_metric_validation") == Some(&Expression::Bool(true));
    if seen.unknown_metric && !unvalidated {
        refusals.push("the metric of the query does not exist".to_owned());
    }
    if seen.most_levels > 1 || (seen.most_levels > 0 && seen.label_replace && seen.increase) {
        refusals.push("accepted, and never evaluated".to_owned());
    }
    refusals
}

/// What is in a query.
#[derive(Default)]
struct Seen {
    without_resource: bool,
    unknown_metric: bool,
    label_replace: bool,
    increase: bool,
    levels: usize,
    most_levels: usize,
}

impl ExprVisitor for Seen {
    type Error = std::convert::Infallible;

    fn pre_visit(&mut self, expr: &Expr) -> Result<bool, Self::Error> {
        match expr {
            Expr::VectorSelector(selector) => self.selector(selector),
            Expr::MatrixSelector(matrix) => self.selector(&matrix.vs),
            Expr::Call(call) => {
                self.label_replace |= call.func.name == "label_replace";
                self.increase |= call.func.name == "increase";
            }
            Expr::Subquery(_) => self.levels += 1,
            _ => {}
        }
        self.most_levels = self.most_levels.max(self.levels);
        Ok(true)
    }

    fn post_visit(&mut self, expr: &Expr) -> Result<bool, Self::Error> {
        self.levels -= usize::from(matches!(expr, Expr::Subquery(_)));
        Ok(true)
    }
}

impl Seen {
    fn selector(&mut self, selector: &promql_parser::parser::VectorSelector) {
        let named = selector.name.as_deref();
        self.unknown_metric |= !ALL.iter().any(|metric| Some(metric.promql_name().as_str()) == named);
        self.without_resource |= !selector.matchers.matchers.iter().any(|it| it.name == "monitored_resource");
    }
}
