//! What the APIs demand beside numbers.

/// A demand, and why nothing that Genkai writes breaks it.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// What is demanded.
    pub what: &'static str,
    /// Who says so.
    pub source: &'static str,
    /// How Genkai keeps to it.
    pub kept: &'static str,
}

/// Every demand. Where the API answers with a message, `tests/rejections.rs` has a case for it.
pub const RULES: &[Rule] = &[
    Rule {
        what: "a filter of time series names the metric and the monitored resource",
        source: "alert.proto, and refusals",
        kept: "a filter begins with both",
    },
    Rule {
        what: "a PromQL selector names the monitored resource where a metric has several",
        source: "the page on PromQL names of metrics",
        kept: "every selector names it",
    },
    Rule {
        what: "an aligner suits the kind and the type of its metric",
        source: "common.proto, and refusals",
        kept: "counts are for metrics of changes, highest values for gauges",
    },
    Rule {
        what: "a reducer needs an aligner",
        source: "common.proto",
        kept: "an aggregation always has both",
    },
    Rule {
        what: "a comparison is `COMPARISON_GT` or `COMPARISON_LT`",
        source: "alert.proto",
        kept: "Genkai compares with `COMPARISON_GT` alone",
    },
    Rule {
        what: "a reminder goes to channels that the policy notifies",
        source: "alert.proto",
        kept: "it names the same list",
    },
    Rule {
        what: "a policy has a combiner, even with one condition",
        source: "the provider",
        kept: "it always has one",
    },
    Rule { what: "a documentation is `text/markdown`", source: "alert.proto", kept: "it always is" },
    Rule {
        what: "a severity is `CRITICAL`, `ERROR` or `WARNING`",
        source: "alert.proto",
        kept: "a page is `CRITICAL`, a ticket is `WARNING`",
    },
    Rule {
        what: "keys and values of labels hold lower-case letters, digits, `_` and `-`; a key begins with a letter",
        source: "alert.proto and service.proto",
        kept: "the language's labels are so written (`GK106`)",
    },
    Rule {
        what: "the ID of a service holds lower-case letters, digits and `-`; that of an SLO letters, digits, `-`, `_`, `:` and `.`",
        source: "service.proto, and the provider",
        kept: "both are made of the language's names",
    },
    Rule {
        what: "an SLO on a ratio has exactly two of good, bad and total, of metrics of changes",
        source: "service.proto",
        kept: "it has good and bad events, of metrics of changes",
    },
    Rule {
        what: "a unique ID in Grafana holds letters, digits, `-` and `_`",
        source: "`shortid_generator.go`, and the provider",
        kept: "it is made of the language's names",
    },
];
