//! The command line: arguments, the disk, exit codes. Everything else is the library's.

mod base;
mod completions;
mod explain;
mod generate;
mod git;
mod init;
mod lock;
mod nulls;
mod plan;
mod project;
mod queries;
mod report;
mod schema;
mod streams;
mod watch;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;
use report::{FilesFormat, Format, Reporter};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Compiles declared limits of data pipelines into Cloud Monitoring alerts and Grafana dashboards.
#[derive(Parser)]
#[command(version, arg_required_else_help = true, disable_help_subcommand = true, after_help = Outcome::explained())]
struct Arguments {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Args)]
struct Common {
    /// The project's folder, which holds `slo-specs/`
    #[arg(short = 'C', long, global = true, value_name = "FOLDER", default_value = ".")]
    directory: PathBuf,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: Color,
}

/// The only thing that differs from day to day.
#[derive(Args)]
struct Today {
    /// The day to judge the dates of accepted findings and the ends of Calendars by, instead of today in UTC; it changes no
    /// output
    #[arg(long = "today", value_name = "YYYY-MM-DD", value_parser = day)]
    given: Option<Date>,
}

impl Today {
    #[expect(clippy::disallowed_methods, reason = "the clock enters at the command line")]
    fn date(&self) -> Date {
        self.given.unwrap_or_else(|| jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date())
    }
}

fn day(written: &str) -> Result<Date, String> {
    crate::accept::date(written).ok_or_else(|| "write a day such as 2027-03-31".to_owned())
}

#[derive(Clone, Copy, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Subcommand)]
enum Command {
    /// Write a small, valid project to start from
    Init,
    /// Read and check all specs, write nothing
    Validate {
        /// How to tell what was found
        #[arg(long, default_value = "text")]
        format: Format,
        #[command(flatten)]
        today: Today,
        /// Warn only of what changed since the merge base with a commit, branch or tag, or since another folder, written
        /// with `./`, `../` or `/` at its start; errors are always told
        #[arg(long, value_name = "REF|./FOLDER", conflicts_with = "watch")]
        base: Option<String>,
        /// Check again whenever a spec or a template changes
        #[arg(long, conflicts_with = "format")]
        watch: bool,
    },
    /// Check all specs, compile them and write `generated/`
    Generate {
        /// Compare with what is on disk instead, and write nothing
        #[arg(long)]
        check: bool,
        /// How to tell what was found and which files it concerns
        #[arg(long, default_value = "text")]
        format: FilesFormat,
        #[command(flatten)]
        today: Today,
        /// Remove what is kept for an environment until its module was applied; several with commas
        #[arg(long, value_name = "ENVIRONMENT", value_delimiter = ',', conflicts_with = "check")]
        applied: Vec<String>,
        /// Write again whenever a spec or a template changes
        #[arg(long, conflicts_with_all = ["format", "check"])]
        watch: bool,
    },
    /// Tell what a change means: for promises, for the people on call, for Terraform and for the bill
    Plan {
        #[command(flatten)]
        asked: plan::Asked,
        #[command(flatten)]
        today: Today,
    },
    /// Explain a document: each value and where it comes from, the budget, and what its alerts promise; or a finding
    Explain {
        #[command(flatten)]
        asked: explain::Asked,
        #[command(flatten)]
        today: Today,
    },
    /// Print the PromQL that alerts ask, and that of those which ask otherwise
    Queries {
        #[command(flatten)]
        asked: queries::Asked,
        #[command(flatten)]
        today: Today,
    },
    /// Try a NULL-ratio check on a local sample, without a cloud: judge each data day in it, in order
    Nulls {
        #[command(flatten)]
        asked: nulls::Asked,
        #[command(flatten)]
        today: Today,
    },
    /// Print the JSON Schema of the specs, for editors
    Schema {
        /// The version of JSON Schema
        #[arg(long, default_value = "draft-07")]
        draft: schema::Draft,
    },
    /// Print a script that completes this command line, for a shell to load
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// What a command came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Done,
    Errors,
    Negative,
    NotUnderstood,
    Violated,
}

impl Outcome {
    const ALL: [Outcome; 5] =
        [Outcome::Done, Outcome::Errors, Outcome::Negative, Outcome::NotUnderstood, Outcome::Violated];

    /// The exit code, and what it means.
    const fn code(self) -> (u8, &'static str) {
        match self {
            Outcome::Done => (
                0,
                "done, perhaps with warnings; `generate --check`: everything is current; `plan`: nothing changes",
            ),
            Outcome::Errors => (1, "the specs have errors, or something could not be read or written"),
            Outcome::Negative => {
                let what = "`generate --check`: files are out of date; `nulls`: the check fails; `plan`: something changes";
                (2, what)
            }
            Outcome::NotUnderstood => (3, "the command line was not understood"),
            Outcome::Violated => (4, "`plan`: the change violates the project's review policy"),
        }
    }

    /// The exit codes, for whoever asks for help.
    fn explained() -> String {
        let lines = Outcome::ALL.map(Outcome::code).map(|(code, meaning)| format!("\n  {code}  {meaning}"));
        format!("Exit codes:{}", lines.concat())
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> ExitCode {
        ExitCode::from(outcome.code().0)
    }
}

/// Runs the program with the arguments of the process.
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { Outcome::NotUnderstood } else { Outcome::Done }.into();
        }
    };
    match arguments.common.color {
        Color::Auto => {}
        Color::Always => anstream::ColorChoice::Always.write_global(),
        Color::Never => anstream::ColorChoice::Never.write_global(),
    }
    let directory = &arguments.common.directory;
    let outcome = match arguments.command {
        Command::Init => init::init(directory),
        Command::Validate { format, today, base: Some(base), .. } => {
            Reporter::run(format, directory, |reporter| {
                base::validate(directory, &base, today.date(), reporter)
            })
        }
        Command::Validate { format, today, base: None, watch } => {
            run_or_watch(watch, format, directory, |reporter| {
                project::validate(directory, today.date(), reporter)
            })
        }
        Command::Generate { check, format, applied, today, watch } => {
            run_or_watch(watch, format.into(), directory, |reporter| match check {
                true => generate::check(directory, today.date(), reporter),
                false => generate::generate(directory, &applied, today.date(), reporter),
            })
        }
        Command::Plan { asked, today } => plan::plan(directory, &asked, today.date()),
        Command::Explain { asked, today } => explain::explain(directory, &asked, today.date()),
        Command::Queries { asked, today } => queries::queries(directory, &asked, today.date()),
        Command::Nulls { asked, today } => nulls::nulls(directory, &asked, today.date()),
        Command::Schema { draft } => schema::schema(draft),
        Command::Completions { shell } => completions::completions(shell),
    };
    if streams::are_whole() { outcome } else { Outcome::Errors }.into()
}

/// Runs a command once, or again after each change.
fn run_or_watch(
    watch: bool,
    format: Format,
    directory: &Path,
    command: impl Fn(&mut Reporter) -> Outcome,
) -> Outcome {
    let run = || Reporter::run(format, directory, |reporter| command(reporter));
    match watch {
        true => watch::watch(directory, || {
            run();
        }),
        false => run(),
    }
}
