//! The stable codes of findings, in ranges by subject.
//!
//! | range | subject |
//! |---|---|
//! | `GK0xx` | reading files and YAML |
//! | `GK1xx` | the form of a document: keys, types, values |
//! | `GK2xx` | schedules and time |
//! | `GK3xx` | names and references |
//! | `GK4xx` | promises that cannot work |
//! | `GK5xx` | what the APIs would reject at apply |
//! | `GK6xx` | writing the output |
//! | `GK7xx` | templates |

macro_rules! codes {
    ($($variant:ident = $number:literal, $title:literal;)*) => {
        /// A stable code, shown as `GK` and three digits.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $(#[doc = $title] $variant = $number,)* }

        impl Code {
            /// Every code, in order.
            pub const ALL: &[Code] = &[$(Code::$variant),*];

            /// What the code means, in a few words.
            pub fn title(self) -> &'static str {
                match self { $(Code::$variant => $title,)* }
            }
        }
    };
}

codes! {
    Unreadable = 1, "a file or folder that cannot be read";
    NotUtf8 = 2, "a file that is not UTF-8";
    TooLarge = 3, "a file that is too large";
    Syntax = 4, "YAML that does not parse";
    DuplicateKey = 5, "a key that occurs twice in one mapping";
    KeyNotText = 6, "a key that is not text";
    TooDeep = 7, "nesting that is too deep";
    TooMuch = 8, "a document that is too large once its aliases are written out";
    UnknownAlias = 9, "an alias without an anchor";
    BadMerge = 10, "a merge key that does not name a mapping";
    NotFinite = 11, "a number that is not finite or does not fit into 64 bits";
    Tagged = 12, "a YAML tag, which the language does not use";

    UnknownKind = 101, "a kind or apiVersion that does not exist";
    UnknownKey = 102, "a key that the language does not have here";
    MissingKey = 103, "a key that is required";
    WrongType = 104, "a value of the wrong type";
    NotAllowed = 105, "a value that is not one of the allowed ones";
    Malformed = 106, "a value that is not well formed";
    OutOfRange = 107, "a number outside its range";
    NotSupportedYet = 110, "a part of the language that this version does not compile yet";

    BadCron = 201, "a cron expression that cannot be used";
    UnknownTimeZone = 202, "a time zone that does not exist";
    NeverRuns = 203, "a schedule without runs";

    NoProject = 301, "a project without a Project document";
    SecondProject = 302, "more than one Project document";
    DuplicateName = 303, "two documents of one kind with the same name";
    UnknownEnvironment = 304, "an environment that the Project does not have";
    UnknownOwner = 305, "an owner that the Project does not have";
    UnknownChannel = 306, "a notification channel that an environment does not have";
    ComposerEnvironment = 307, "a Composer environment that is missing, unknown or ambiguous";
    NoEnvironment = 308, "a document or an override that no environment uses";

    NoFailureAllowed = 401, "a budget below one event";
    AlertNotMade = 402, "settings of an alert that is not made";

    SloGoal = 501, "an SLO goal that Cloud Monitoring does not accept";
    SloWindow = 502, "an SLO window that Cloud Monitoring does not accept";
    Labels = 503, "labels that Cloud Monitoring does not accept";
    TextTooLong = 504, "a text that is longer than Cloud Monitoring accepts";
    TooManyChannels = 505, "more notification channels than a policy holds";
    Link = 506, "a link that Cloud Monitoring does not accept";
    FilterTooLong = 507, "a filter or query that is too long";
    Period = 508, "a period that Cloud Monitoring does not accept";
    PolicyShape = 509, "an alert policy that Cloud Monitoring would reject";

    ForeignFile = 601, "a file that Genkai did not write at a path that it would write";
    SharedAddress = 602, "a Terraform address that another file declares too";
    CannotWrite = 603, "an output file that cannot be written";
    BadManifest = 604, "a manifest that cannot be read";

    Template = 701, "a template that cannot be used";
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "GK{:03}", *self as u16)
    }
}
