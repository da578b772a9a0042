//! The stable codes of findings, in ranges by subject, each with a page that explains it.

macro_rules! codes {
    ($($variant:ident = $name:literal, $title:literal;)*) => {
        /// A stable code, shown as `GK` and three digits.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $(#[doc = $title] $variant,)* }

        impl Code {
            /// Every code, in order.
            pub const ALL: &[Code] = &[$(Code::$variant),*];

            /// The code as people know it, such as `GK102`.
            pub const fn name(self) -> &'static str {
                match self { $(Code::$variant => $name,)* }
            }

            /// The code of a name such as `GK102`, if there is one.
            pub fn from_name(name: &str) -> Option<Code> {
                Code::ALL.iter().copied().find(|code| code.name() == name)
            }

            /// What the code means, in a few words.
            pub const fn title(self) -> &'static str {
                match self { $(Code::$variant => $title,)* }
            }

            /// The page that explains it: Markdown with a wrong and a right example.
            pub const fn page(self) -> &'static str {
                match self { $(Code::$variant => include_str!(concat!("../../docs/diagnostics/", $name, ".md")),)* }
            }
        }
    };
}

codes! {
    Unreadable = "GK001", "a file or folder that cannot be read";
    NotUtf8 = "GK002", "a file that is not UTF-8";
    TooLarge = "GK003", "a file that is too large";
    Syntax = "GK004", "YAML that does not parse";
    DuplicateKey = "GK005", "a key that occurs twice in one mapping";
    KeyNotText = "GK006", "a key that is not text";
    TooDeep = "GK007", "nesting that is too deep";
    TooMuch = "GK008", "a document that is too large once its aliases are written out";
    UnknownAlias = "GK009", "an alias without an anchor";
    BadMerge = "GK010", "a merge key that does not name a mapping";
    NotFinite = "GK011", "a number that is not finite or does not fit into 64 bits";
    Tagged = "GK012", "a YAML tag, which the language does not use";
    Ambiguous = "GK013", "a value that readers of YAML do not agree on";
    NotRead = "GK020", "a file that looks like a spec and is not read";

    UnknownKind = "GK101", "a kind or apiVersion that does not exist";
    UnknownKey = "GK102", "a key that the language does not have here";
    MissingKey = "GK103", "a required key that is missing";
    WrongType = "GK104", "a value of the wrong type";
    NotAllowed = "GK105", "a value that is not one of the allowed ones";
    Malformed = "GK106", "a value that is not well formed";
    OutOfRange = "GK107", "a number outside its range";
    Exclusive = "GK108", "keys that exclude each other";
    Misfit = "GK109", "keys that do not go together";

    BadCron = "GK201", "a cron expression that cannot be used";
    UnknownTimeZone = "GK202", "a time zone that does not exist";
    NeverRuns = "GK203", "a schedule without runs";
    BadDeadline = "GK204", "a deadline before the start";
    BadRange = "GK205", "a range of days or hours that cannot be";
    NoOpenDay = "GK206", "a Calendar that closes every day";
    DayWithoutEffect = "GK207", "days of a Calendar that change nothing";
    NoOpenRun = "GK208", "a schedule that runs on closed days only";
    CalendarEnds = "GK209", "a Calendar that ends soon, or has ended";
    UnevenSteps = "GK210", "a cron expression whose steps are uneven";

    NoProject = "GK301", "a project without a Project document";
    SecondProject = "GK302", "more than one Project document";
    DuplicateName = "GK303", "two documents of one kind with the same name";
    UnknownEnvironment = "GK304", "an environment that the Project does not have";
    UnknownOwner = "GK305", "an owner that the Project does not have";
    UnknownChannel = "GK306", "a notification channel that an environment does not have";
    ComposerEnvironment = "GK307", "a Composer environment that is missing, unknown or ambiguous";
    NoEnvironment = "GK308", "a document or an override that no environment uses";
    UnknownCalendar = "GK309", "a Calendar that does not exist";
    RepeatedStep = "GK310", "a step that is listed twice";
    ReservedName = "GK311", "an environment whose name Windows keeps for itself";
    RenameConflict = "GK312", "an earlier name that is still in use";
    SameSubject = "GK320", "two documents about one DAG, job or column";
    OwnedTwice = "GK321", "something that two environments would both own";
    EqualTitles = "GK322", "two documents with the same title";
    WatchedTwice = "GK323", "environments that watch the same";

    NoFailureAllowed = "GK401", "a budget below one event";
    AlertNotMade = "GK402", "settings without effect";
    DeadlineAfterNext = "GK403", "a deadline after the next start";
    HangUnseen = "GK404", "a run that hangs, and no alert that would see it";
    Contradiction = "GK405", "promises that contradict each other";
    NumberInName = "GK406", "a number in a text that the promises do not have";
    ComesToNothing = "GK407", "a promise or a document that comes to nothing";
    Irregular = "GK410", "a schedule too irregular for a query to know its starts";
    Forgotten = "GK411", "a time longer than Cloud Monitoring keeps its metrics";
    RepeatedColumn = "GK420", "a column that is listed twice";
    NeverBroken = "GK421", "a limit of NULLs that is never broken";
    BadBaseline = "GK422", "a baseline that the days before cannot make";
    BadCondition = "GK423", "an SQL condition that cannot be used";
    CannotKeepUp = "GK424", "a check that its schedule keeps from judging its data days";
    NoBigQuery = "GK425", "an environment that NULL-ratio checks cannot run in";
    WholeTable = "GK426", "a check that reads a whole table each time";
    NotEvaluated = "GK427", "a condition that a local sample cannot be judged by";
    Senseless = "GK428", "a condition that cannot do what it was meant to";
    CannotBeScheduled = "GK430", "a schedule that BigQuery's transfer service cannot run";

    SloGoal = "GK501", "an SLO goal that Cloud Monitoring does not accept";
    SloWindow = "GK502", "an SLO window that Cloud Monitoring does not accept";
    Labels = "GK503", "labels that Cloud Monitoring does not accept";
    TextTooLong = "GK504", "a text that is longer than Cloud Monitoring accepts";
    TooManyChannels = "GK505", "more notification channels than a policy holds";
    Link = "GK506", "a link that Cloud Monitoring does not accept";
    FilterTooLong = "GK507", "a filter or query that is too long";
    Period = "GK508", "a period that Cloud Monitoring does not accept";
    PolicyShape = "GK509", "an alert policy that Cloud Monitoring would reject";
    TooManyPolicies = "GK510", "more alert policies than a metrics scope holds";
    TooManyOfAKind = "GK511", "more of a kind than a project or a service holds";

    ForeignFile = "GK601", "a file that Genkai did not write at a path that it would write";
    SharedAddress = "GK602", "a Terraform address that another file declares too";
    CannotWrite = "GK603", "an output file that cannot be written";
    BadManifest = "GK604", "a manifest that cannot be read";
    LineEndings = "GK605", "output files with other line endings";
    Unmarked = "GK606", "a file that a manifest lists and that does not bear Genkai's mark";
    Leaving = "GK607", "something that left, and whose resources are still there";

    Template = "GK701", "a template that cannot be used";

    NotUnderstood = "GK801", "a comment for Genkai that is not understood";
    UnusedAllow = "GK802", "an accepted finding that does not occur";
    ExpiredAllow = "GK803", "an accepted finding whose date has passed";
    ErrorAllowed = "GK804", "an error that a comment tries to accept";
}

/// What a range of codes is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// What its codes start with: `GK` and one digit.
    pub prefix: &'static str,
    /// The subject.
    pub name: &'static str,
}

impl Subject {
    /// Every subject, in the order of the codes.
    pub const ALL: [Subject; 9] = [
        Subject { prefix: "GK0", name: "reading files and YAML" },
        Subject { prefix: "GK1", name: "the form of a document: keys, types, values" },
        Subject { prefix: "GK2", name: "schedules and time" },
        Subject { prefix: "GK3", name: "names and references" },
        Subject { prefix: "GK4", name: "promises that cannot work" },
        Subject { prefix: "GK5", name: "what Cloud Monitoring would reject at apply" },
        Subject { prefix: "GK6", name: "writing the output" },
        Subject { prefix: "GK7", name: "templates" },
        Subject { prefix: "GK8", name: "accepted findings" },
    ];

    /// The codes about it, in order.
    pub fn codes(self) -> impl Iterator<Item = Code> {
        Code::ALL.iter().copied().filter(move |code| code.name().starts_with(self.prefix))
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
