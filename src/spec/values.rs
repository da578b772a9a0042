//! Values with a written form: each has a pattern for editors, and a sentence for whoever got it wrong.

use crate::slo::{ByteSize, Date, Duration, PercentagePoints, Ratio, TimeOfDay};
use jsonschema::Validator;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error};
use serde_json::Value as Json;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{LazyLock, OnceLock};

/// How a kind of text is written.
pub(super) struct Written {
    /// What it is, with its article.
    pub noun: &'static str,
    /// The regular expression that it matches, in the part of the syntax that JavaScript and Rust share.
    pub pattern: &'static str,
    /// What to write.
    pub help: &'static str,
    /// An example.
    pub example: &'static str,
    /// The most characters, where too many of them are a likely mistake.
    pub most: Option<usize>,
}

impl Written {
    /// The written form that a schema's pattern belongs to.
    pub fn of_pattern(pattern: &str) -> Option<&'static Written> {
        WRITTEN.iter().copied().find(|written| written.pattern == pattern)
    }

    /// Whether a text is written so.
    pub fn accepts(&self, text: &str) -> bool {
        // Each is built when it is needed: a project uses few of them, and long patterns take long.
        static VALIDATORS: LazyLock<BTreeMap<&str, OnceLock<Option<Validator>>>> =
            LazyLock::new(|| WRITTEN.iter().map(|written| (written.pattern, OnceLock::new())).collect());
        let build = || jsonschema::validator_for(&self.schema().to_value()).ok();
        let validator =
            VALIDATORS.get(self.pattern).and_then(|validator| validator.get_or_init(build).as_ref());
        validator.is_some_and(|validator| validator.is_valid(&Json::from(text)))
    }

    /// Reads a text that is written so: the pattern of its schema holds for serde, too.
    fn read<'de, D: Deserializer<'de>>(&self, deserializer: D) -> Result<String, D::Error> {
        let text = String::deserialize(deserializer)?;
        if self.accepts(&text) { Ok(text) } else { Err(self.refuse(&text)) }
    }

    fn refuse<E: Error>(&self, text: &str) -> E {
        E::custom(format!("`{text}` is not {}", self.noun))
    }

    fn schema(&self) -> Schema {
        json_schema!({ "type": "string", "pattern": self.pattern, "examples": [self.example] })
    }
}

static WRITTEN: &[&Written] = &[
    &NAME,
    &TITLE,
    &DURATION,
    &RATIO,
    &PROJECT_ID,
    &DAG_ID,
    &COMPOSER_ENVIRONMENT,
    &REGION,
    &BIGQUERY_LOCATION,
    &SERVICE_ACCOUNT,
    &EMAIL,
    &URL,
    &CHANNEL_ID,
    &LABEL_KEY,
    &LABEL_VALUE,
    &DATE,
    &TIME_OF_DAY,
    &POINTS,
    &BYTES,
    &TASK_ID,
    &JOB_NAME,
    &JOB_NAME_PREFIX,
    &STEP,
    &STAGE,
    &SUBSCRIPTION,
    &DATASET,
    &TABLE,
    &COLUMN,
    &MEASURED_COLUMN,
];

pub(super) static NAME: Written = Written {
    noun: "a name",
    pattern: "^[a-z][a-z0-9-]{0,49}$",
    help: "start with a lower-case letter, go on with lower-case letters, digits and `-`, at most 50 in all",
    example: "sales-daily",
    most: Some(50),
};
static TITLE: Written = Written {
    noun: "a line of text",
    pattern: "^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]+$",
    help: "write it on one line, without tabs and other control characters",
    example: "Daily sales",
    most: None,
};
static DURATION: Written = Written {
    noun: "a duration",
    pattern: "^([1-9][0-9]{0,3}d([0-9]{1,2}h)?([0-9]{1,2}m)?([0-9]{1,2}s)?|[1-9][0-9]{0,4}h([0-9]{1,2}m)?([0-9]{1,2}s)?\
              |[1-9][0-9]{0,5}m([0-9]{1,2}s)?|[1-9][0-9]{0,7}s)$",
    help: "write a number with its unit, such as `90s`, `15m`, `6h`, `28d` or `1h30m`",
    example: "28d",
    most: None,
};
static RATIO: Written = Written {
    noun: "a ratio",
    pattern: "^(100(\\.0{1,4})?|[0-9]{1,2}(\\.[0-9]{1,4})?)%$",
    help: "write a percentage from `0%` to `100%` with its sign, such as `99%` or `99.95%`",
    example: "99.5%",
    most: None,
};
/// The ID of a project. Those of old with a domain are shorter or longer than others, as Terraform's provider takes them
/// (`ProjectRegex`).
macro_rules! project {
    () => {
        "([a-z0-9.-]+:[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?|[a-z][a-z0-9-]{4,28}[a-z0-9])"
    };
}
static PROJECT_ID: Written = Written {
    noun: "a Google Cloud project ID",
    pattern: concat!("^", project!(), "$"),
    help: "write the project ID (6 to 30 lower-case letters, digits and `-`), not its name or number",
    example: "bigfoot-prod",
    most: Some(30),
};
static DAG_ID: Written = Written {
    noun: "a DAG ID",
    pattern: "^[A-Za-z0-9_.-]{1,250}$",
    help: "Cloud Composer's metrics know a DAG by an ID of ASCII letters, digits, `_`, `-` and `.`; a DAG with another ID \
           cannot be watched: give it such a `dag_id`, and what people read as its `dag_display_name`",
    example: "sales_daily",
    most: Some(250),
};
static COMPOSER_ENVIRONMENT: Written = Written {
    noun: "the name of a Composer environment",
    // As the API has it: https://cloud.google.com/composer/docs/reference/rest/v1/projects.locations.environments#Environment
    pattern: "^[a-z]([a-z0-9-]{0,62}[a-z0-9])?$",
    help: "write the environment's name alone: a lower-case letter, then lower-case letters, digits and `-`, at most 64 in \
           all, the last of them no `-`",
    example: "composer",
    most: Some(64),
};
static REGION: Written = Written {
    noun: "a region of Google Cloud",
    pattern: "^[a-z]+-[a-z]+[0-9]{1,2}$",
    help: "write the region as Google Cloud does, such as `asia-northeast1` or `europe-west1`",
    example: "asia-northeast1",
    most: None,
};
static BIGQUERY_LOCATION: Written = Written {
    noun: "a location of BigQuery",
    // BigQuery does not tell capitals apart.
    pattern: "^([Uu][Ss]|[Ee][Uu]|([A-Za-z]+-)?[A-Za-z]+-[A-Za-z]+-?[0-9]{1,2})$",
    help: "write `US`, `EU` or a region such as `asia-northeast1`",
    example: "asia-northeast1",
    most: None,
};
static SERVICE_ACCOUNT: Written = Written {
    noun: "the address of a service account",
    pattern: "^[a-z0-9][a-z0-9-]*@([a-z0-9-]+\\.)+gserviceaccount\\.com$",
    help: "write the address alone, such as `checks@bigfoot-prod.iam.gserviceaccount.com`",
    example: "checks@bigfoot-prod.iam.gserviceaccount.com",
    most: None,
};
static EMAIL: Written = Written {
    noun: "an e-mail address",
    pattern: "^[^@\\s<>:,;]+@[^@\\s<>:,;]+\\.[^@\\s<>:,;]+$",
    help: "write an address such as `data-lead@example.com`",
    example: "data-lead@example.com",
    most: None,
};
static URL: Written = Written {
    noun: "a link",
    pattern: "^https?://[^\\s]+$",
    help: "write a full address that starts with `https://`",
    example: "https://wiki.example.com/data",
    most: None,
};
static CHANNEL_ID: Written = Written {
    noun: "the ID of a notification channel",
    pattern: "^projects/[^/\\s]+/notificationChannels/[0-9]+$",
    help: "write the full name, such as `projects/bigfoot-prod/notificationChannels/1234567890`",
    example: "projects/bigfoot-prod/notificationChannels/1234567890",
    most: None,
};
static LABEL_KEY: Written = Written {
    noun: "a label key",
    pattern: "^[a-z][a-z0-9_-]{0,62}$",
    help: "start with a lower-case letter, go on with lower-case letters, digits, `_` and `-`, at most 63 in all",
    example: "tier",
    most: Some(63),
};
static LABEL_VALUE: Written = Written {
    noun: "a label value",
    pattern: "^[a-z0-9_-]{0,63}$",
    help: "use lower-case letters, digits, `_` and `-`, at most 63",
    example: "gold",
    most: Some(63),
};

static DATE: Written = Written {
    noun: "a date",
    // Every day from 1970 to 2099, and no other.
    pattern: "^((19[7-9][0-9]|20[0-9]{2})-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)\
              |02-(0[1-9]|1[0-9]|2[0-8]))|(19(7[26]|8[048]|9[26])|20([02468][048]|[13579][26]))-02-29)$",
    help: "write year, month and day of a day that exists, such as `2026-12-29`",
    example: "2026-12-29",
    most: None,
};
static TIME_OF_DAY: Written = Written {
    noun: "a time of day",
    pattern: "^([0-3][0-9]|4[0-7]):[0-5][0-9]$",
    help: "write hours and minutes with two digits each, in quotes, such as `\"06:30\"`; `\"25:30\"` is half past one on \
           the next day",
    example: "06:30",
    most: None,
};
static POINTS: Written = Written {
    noun: "a change in percentage points",
    pattern: "^(100(\\.0{1,4})?|[0-9]{1,2}(\\.[0-9]{1,4})?)pt$",
    help: "write percentage points, such as `5pt`: from 1% to 6% is a rise of `5pt`",
    example: "5pt",
    most: None,
};
static BYTES: Written = Written {
    noun: "an amount of data",
    pattern: "^[1-9][0-9]{0,8}(B|KiB|MiB|GiB)$",
    help: "write a whole number with its unit, such as `500B`, `1KiB`, `20MiB` or `1GiB`",
    example: "1KiB",
    most: None,
};
static TASK_ID: Written = Written {
    noun: "a task ID",
    pattern: "^[A-Za-z0-9._-]{1,250}$",
    help: "write the `task_id` as Airflow shows it, with its task groups: letters, digits, `_`, `-` and `.`",
    example: "load_orders",
    most: Some(250),
};
static JOB_NAME: Written = Written {
    noun: "the name of a Dataflow job",
    // As the API has it: https://cloud.google.com/dataflow/docs/reference/rest/v1b3/projects.jobs#Job
    pattern: "^[a-z]([a-z0-9-]{0,1022}[a-z0-9])?$",
    help: "start with a lower-case letter, go on with lower-case letters, digits and `-`, and do not end with `-`",
    example: "ingest-events",
    most: None,
};
static JOB_NAME_PREFIX: Written = Written {
    noun: "the beginning of a Dataflow job's name",
    pattern: "^[a-z][a-z0-9-]{0,1022}$",
    help: "start with a lower-case letter, go on with lower-case letters, digits and `-`",
    example: "nightly-export-",
    most: None,
};
static STEP: Written = Written {
    noun: "the name of a step",
    pattern: "^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]{1,1000}$",
    help: "write the PTransform's path as in the pipeline's code, such as `ParseEvents` or `Read/FromPubSub`",
    example: "ParseEvents",
    most: None,
};
static STAGE: Written = Written {
    noun: "the name of a stage",
    pattern: "^[A-Za-z0-9_-]{1,100}$",
    help: "write the fused stage as the job's execution details show it, such as `F12`",
    example: "F12",
    most: None,
};
static SUBSCRIPTION: Written = Written {
    noun: "the ID of a Pub/Sub subscription",
    // https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names
    pattern: "^[A-Za-z][A-Za-z0-9_.~+%-]{2,254}$",
    help: "write the subscription's ID alone, without `projects/…/subscriptions/`",
    example: "ingest-events-dlq",
    most: None,
};
static DATASET: Written = Written {
    noun: "the ID of a BigQuery dataset",
    pattern: "^[A-Za-z0-9_]{1,1024}$",
    help: "use letters, digits and `_`; the project is the environment's",
    example: "genkai",
    most: None,
};
static TABLE: Written = Written {
    noun: "a BigQuery table",
    // A wildcard table may have an empty prefix: https://cloud.google.com/bigquery/docs/querying-wildcard-tables
    pattern: concat!(
        "^(",
        project!(),
        "\\.)?[A-Za-z0-9_]{1,1024}\\.([\\p{L}\\p{M}\\p{N}\\p{Pc}\\p{Pd}\\p{Zs}]+\\*?|\\*)$"
    ),
    help: "write `project.dataset.table`, or `dataset.table` for one in the environment's project, without backticks; the \
           table's name holds letters, numbers, `_`, `-` and spaces, and `*` may end it",
    example: "bigfoot-prod.sales.orders",
    most: None,
};
/// A name in a column's path, as BigQuery's flexible column names are: letters, marks and numbers of any language, and some
/// signs. Their length, and the prefixes that BigQuery keeps for itself, are findings of their own.
macro_rules! field {
    () => {
        "[\\p{L}\\p{M}\\p{N}\\p{Pc}\\p{Pd} &%=+:'<>#|]+"
    };
}
static COLUMN: Written = Written {
    noun: "a column",
    pattern: concat!("^", field!(), "(\\.", field!(), ")*$"),
    help: "write the column's name as the table has it, without backticks, with dots for the fields of a STRUCT, such as \
           `customer_id` or `address.zip`; BigQuery takes letters, numbers, `_`, `-`, spaces and some signs, no parentheses",
    example: "customer_id",
    most: None,
};
static MEASURED_COLUMN: Written = Written {
    noun: "a column or a part of one",
    pattern: concat!(
        "^",
        field!(),
        "(\\.",
        field!(),
        ")*(:\\$(\\.[A-Za-z_][A-Za-z0-9_]{0,299}|\\[[0-9]{1,9}\\]){1,15})?$"
    ),
    help: "write the column's name as the table has it, without backticks, with dots for the fields of a STRUCT, and for a \
           part of a JSON column a colon and the path to it, such as `customer_id`, `address.zip` or \
           `payload:$.user.ids[0]`; BigQuery takes letters, numbers, `_`, `-`, spaces and some signs, no parentheses",
    example: "address.zip",
    most: None,
};

/// Whether a pattern is that of something that Google Cloud also knows by a longer name, which ends with it.
pub(super) fn has_full_name(pattern: &str) -> bool {
    [&COMPOSER_ENVIRONMENT, &EMAIL, &PROJECT_ID, &SERVICE_ACCOUNT, &SUBSCRIPTION]
        .iter()
        .any(|written| written.pattern == pattern)
}

/// Whether a pattern is that of names.
pub(super) fn is_name(pattern: &str) -> bool {
    pattern == NAME.pattern
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $written:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $written.read(deserializer).map($name)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn inline_schema() -> bool {
                true
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $written.schema()
            }
        }
    };
}

text!(
    /// A name: `[a-z][a-z0-9-]*`, at most 50.
    Name, NAME
);
text!(
    /// A text for people, on one line.
    Title, TITLE
);
text!(
    /// The ID of a Google Cloud project.
    ProjectId, PROJECT_ID
);
text!(
    /// An Airflow `dag_id`.
    DagId, DAG_ID
);
text!(
    /// The name of a Composer environment.
    ComposerEnvironment, COMPOSER_ENVIRONMENT
);
text!(
    /// A region of Google Cloud.
    Region, REGION
);
text!(
    /// A location of BigQuery: a region, or several.
    BigQueryLocation, BIGQUERY_LOCATION
);
impl BigQueryLocation {
    /// The spelling that Google's documentation has, so that `eu` and `EU` are one location to Terraform, too.
    pub fn canonical(&self) -> String {
        let lower = self.0.to_lowercase();
        if ["us", "eu"].contains(&lower.as_str()) { lower.to_uppercase() } else { lower }
    }
}
text!(
    /// The address of a service account.
    ServiceAccount, SERVICE_ACCOUNT
);
text!(
    /// An e-mail address.
    Email, EMAIL
);
text!(
    /// A link.
    Url, URL
);
text!(
    /// The full name of a notification channel.
    ChannelId, CHANNEL_ID
);
text!(
    /// The key of a label.
    LabelKey, LABEL_KEY
);
text!(
    /// The value of a label.
    LabelValue, LABEL_VALUE
);

text!(
    /// An Airflow `task_id`.
    TaskId, TASK_ID
);
text!(
    /// The name of a Dataflow job.
    JobName, JOB_NAME
);
text!(
    /// What the names of several Dataflow jobs begin with.
    JobNamePrefix, JOB_NAME_PREFIX
);
text!(
    /// The path of a PTransform.
    StepName, STEP
);
text!(
    /// The name of a fused stage.
    StageName, STAGE
);
text!(
    /// The ID of a Pub/Sub subscription.
    SubscriptionId, SUBSCRIPTION
);
text!(
    /// The ID of a BigQuery dataset.
    DatasetId, DATASET
);
text!(
    /// A BigQuery table, with or without its project.
    TableName, TABLE
);
text!(
    /// A column of a table, or a field of one.
    ColumnPath, COLUMN
);
text!(
    /// A column of a table, a field of one, or a path into a JSON one.
    MeasuredColumn, MEASURED_COLUMN
);

macro_rules! parsed {
    ($name:ident, $written:ident) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = $written.read(deserializer)?;
                $name::parse(&text).ok_or_else(|| $written.refuse(&text))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn inline_schema() -> bool {
                true
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $written.schema()
            }
        }
    };
}

impl MeasuredColumn {
    /// The column's path, and the path into its JSON where there is one. A name may hold `:`, but no `$`.
    pub fn parts(text: &str) -> (&str, Option<&str>) {
        match text.find(":$") {
            Some(at) => (text.get(..at).unwrap_or_default(), text.get(at + 1..)),
            None => (text, None),
        }
    }
}

impl ComposerEnvironment {
    /// Whether a text is such a name.
    pub fn is_one(text: &str) -> bool {
        COMPOSER_ENVIRONMENT.accepts(text)
    }
}

impl Name {
    /// The name that a text is, if it is one.
    pub fn parse(text: &str) -> Option<Name> {
        let begins = text.starts_with(|first: char| first.is_ascii_lowercase());
        let goes_on = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        (begins && text.len() <= 50 && text.chars().all(goes_on)).then(|| Name(text.to_owned()))
    }
}

parsed!(Duration, DURATION);
parsed!(Ratio, RATIO);
parsed!(Date, DATE);
parsed!(TimeOfDay, TIME_OF_DAY);
parsed!(PercentagePoints, POINTS);
parsed!(ByteSize, BYTES);

/// Reads a whole number, also one that is written `2.0`: to JSON Schema they are the same.
pub(super) fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let number = f64::deserialize(deserializer)?;
    match number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number) {
        true => Ok(number as u32),
        false => Err(D::Error::custom(format!("`{number}` is not a whole number"))),
    }
}

/// Gives a type the schema of the form that it is read from.
macro_rules! schema_of_form {
    ($type:ident, $form:ident) => {
        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }
            fn inline_schema() -> bool {
                true
            }
            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                $form::json_schema(generator)
            }
        }
    };
}
pub(super) use schema_of_form;

/// The only one of several values that is there.
pub(super) fn only<T>(values: impl IntoIterator<Item = Option<T>>) -> Result<T, &'static str> {
    let mut given = values.into_iter().flatten();
    match (given.next(), given.next()) {
        (Some(value), None) => Ok(value),
        _ => Err("exactly one of several keys is needed"),
    }
}

/// The window of an objective that does not say, as of the Project's `defaults`.
pub(super) fn default_window() -> Duration {
    Duration::days(28)
}

/// The time zone of whatever does not say.
pub(super) fn utc() -> String {
    "UTC".to_owned()
}

/// How loudly an alert speaks.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize, serde::Serialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// Nobody is told.
    None,
    /// Somebody looks at it in working hours.
    Ticket,
    /// Somebody is woken.
    Page,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The pattern without its anchors, which proptest does not know.
    fn inner(written: &'static Written) -> &'static str {
        written.pattern.trim_start_matches('^').trim_end_matches('$')
    }

    proptest! {
        /// What the pattern accepts, the parser reads: the schema and serde accept the same documents.
        #[test]
        fn whatever_a_pattern_accepts_is_read(
            name in inner(&NAME),
            duration in inner(&DURATION),
            ratio in inner(&RATIO),
            date in inner(&DATE),
            time in inner(&TIME_OF_DAY),
            points in inner(&POINTS),
            bytes in inner(&BYTES),
        ) {
            prop_assert!(Name::parse(&name).is_some(), "{name}");
            prop_assert!(Duration::parse(&duration).is_some(), "{duration}");
            prop_assert!(Ratio::parse(&ratio).is_some(), "{ratio}");
            prop_assert!(Date::parse(&date).is_some(), "{date}");
            prop_assert!(TimeOfDay::parse(&time).is_some(), "{time}");
            prop_assert!(PercentagePoints::parse(&points).is_some(), "{points}");
            prop_assert!(ByteSize::parse(&bytes).is_some(), "{bytes}");
        }
    }

    #[test]
    fn a_pattern_tells_what_is_written() {
        for written in WRITTEN {
            assert_eq!(Written::of_pattern(written.pattern).map(|found| found.noun), Some(written.noun));
        }
    }

    #[test]
    fn every_example_matches_its_own_pattern() {
        for written in WRITTEN {
            let schema = written.schema().to_value();
            assert!(jsonschema::is_valid(&schema, &written.example.into()), "{}", written.noun);
        }
    }
}
