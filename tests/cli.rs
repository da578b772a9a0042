//! The program as its users meet it: what it prints where, and its exit codes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise, and runs the program"
)]

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// What a command printed and how it ended.
struct Run {
    code: i32,
    stdout: String,
    stderr: String,
}

fn genkai(folder: &Path, arguments: &[&str]) -> Run {
    let output =
        Command::new(env!("CARGO_BIN_EXE_genkai")).current_dir(folder).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Run { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

fn new_project() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(genkai(folder.path(), &["init"]).code, 0);
    folder
}

/// Replaces a text in a spec, which must be there.
fn edit(folder: &Path, spec: &str, from: &str, to: &str) {
    let path = folder.join("slo-specs").join(spec);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "`{from}` is not in {text}");
    fs::write(path, text.replace(from, to)).unwrap();
}

#[test]
fn init_writes_a_project_that_generates_and_stays_current() {
    let folder = new_project();
    let validated = genkai(folder.path(), &["validate"]);
    assert_eq!((validated.code, validated.stdout.as_str()), (0, ""));
    assert_eq!(validated.stderr, "1 spec in 1 environment: no errors\n");

    let generated = genkai(folder.path(), &["generate"]);
    assert_eq!(generated.code, 0);
    assert_eq!(
        generated.stdout.lines().collect::<Vec<_>>(),
        [
            "wrote    generated/production/grafana/dag-slo_daily-report.json",
            "wrote    generated/production/manifest.json",
            "wrote    generated/production/terraform/channels.tf",
            "wrote    generated/production/terraform/composer-environment_composer.tf",
            "wrote    generated/production/terraform/dag-slo_daily-report.tf",
            "wrote    generated/production/terraform/providers.tf",
            "wrote    generated/production/terraform/versions.tf",
        ]
    );
    assert_eq!(genkai(folder.path(), &["generate", "--check"]).code, 0);
    let again = genkai(folder.path(), &["generate"]);
    assert_eq!((again.code, again.stdout.as_str()), (0, ""));
}

#[test]
fn init_never_overwrites() {
    let folder = new_project();
    edit(folder.path(), "project.yaml", "name: example", "name: mine");
    let again = genkai(folder.path(), &["init"]);
    assert_eq!(again.code, 1);
    assert!(again.stderr.contains("exists already"));
    assert!(fs::read_to_string(folder.path().join("slo-specs/project.yaml")).unwrap().contains("name: mine"));
}

#[test]
fn errors_end_with_1_and_write_nothing() {
    let folder = new_project();
    edit(folder.path(), "daily-report.yaml", "target: 95%", "targt: 95%");
    for arguments in [&["validate"][..], &["generate"], &["generate", "--check"]] {
        let run = genkai(folder.path(), arguments);
        assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{arguments:?}");
        assert!(run.stderr.contains("--> slo-specs/daily-report.yaml:11:15"), "{}", run.stderr);
        assert!(run.stderr.contains("did you mean `target`?"), "{}", run.stderr);
        let last = run.stderr.lines().last().unwrap();
        assert!(last.starts_with("for more about GK10") && last.contains("`genkai explain GK10"), "{last}");
        assert!(!run.stderr.contains('\u{1b}'), "no colours without a terminal");
    }
    assert!(!folder.path().join("generated").exists());
}

#[test]
fn check_ends_with_2_and_lists_what_is_out_of_date() {
    let folder = new_project();
    assert_eq!(genkai(folder.path(), &["generate"]).code, 0);
    edit(folder.path(), "daily-report.yaml", "target: 95%", "target: 90%");
    let policy = folder.path().join("generated/production/terraform/dag-slo_daily-report.tf");
    let before = fs::read_to_string(&policy).unwrap();

    let check = genkai(folder.path(), &["generate", "--check"]);
    assert_eq!(check.code, 2);
    let listed = "generated/production/terraform/dag-slo_daily-report.tf";
    assert!(
        check.stdout.lines().any(|line| line.starts_with("stale") && line.contains(listed)),
        "{}",
        check.stdout
    );
    assert!(check.stdout.contains("slo-specs/daily-report.yaml"));
    assert_eq!(fs::read_to_string(&policy).unwrap(), before);

    assert_eq!(genkai(folder.path(), &["generate"]).code, 0);
    assert_eq!(genkai(folder.path(), &["generate", "--check"]).code, 0);
}

/// What `--format json` printed, which keeps to the published schema.
fn document(run: &Run) -> Value {
    let schema = serde_json::from_str(include_str!("../schemas/findings.schema.json")).unwrap();
    let document = serde_json::from_str(&run.stdout).unwrap();
    assert!(jsonschema::is_valid(&schema, &document), "{}", run.stdout);
    document
}

#[test]
fn json_is_one_document_however_a_command_ends() {
    let folder = new_project();
    let clean = genkai(folder.path(), &["validate", "--format", "json"]);
    assert_eq!((clean.code, clean.stderr.as_str()), (0, "1 spec in 1 environment: no errors\n"));
    assert_eq!(
        document(&clean),
        json!({
            "version": 1,
            "findings": [],
            "accepted": [],
            "summary": {"errors": 0, "warnings": 0, "accepted": 0}
        })
    );

    edit(folder.path(), "daily-report.yaml", "target: 95%", "target: 95%, targt: 1");
    for arguments in [&["validate"][..], &["generate"], &["generate", "--check"]] {
        let run = genkai(folder.path(), &[arguments, &["--format", "json"]].concat());
        let document = document(&run);
        assert_eq!((run.code, &document["summary"]["errors"]), (1, &json!(1)), "{arguments:?}");
        assert_eq!(document["findings"][0]["file"], "slo-specs/daily-report.yaml");
        assert_eq!(
            document["findings"][0]["primary"]["start"],
            json!({"byte": 289, "line": 11, "column": 28, "columnUtf16": 28})
        );
        assert!(run.stderr.contains("did you mean `target`?"), "people read stderr: {}", run.stderr);
    }
}

#[test]
fn github_and_sarif_point_at_the_mistake() {
    let folder = new_project();
    edit(folder.path(), "daily-report.yaml", "target: 95%", "target: 95%, targt: 1");
    let github = genkai(folder.path(), &["validate", "--format", "github"]);
    assert_eq!(github.code, 1);
    assert_eq!(
        github.stdout,
        "::error file=slo-specs/daily-report.yaml,line=11,endLine=11,col=28,endColumn=33,title=GK102%3A a key that the \
         language does not have here::`success` has no key `targt`%0Ahelp: did you mean `target`?\n"
    );
    let sarif = genkai(folder.path(), &["validate", "--format", "sarif"]);
    assert_eq!(sarif.code, 1);
    let log: Value = serde_json::from_str(&sarif.stdout).unwrap();
    let result = &log["runs"][0]["results"][0];
    assert_eq!((&result["ruleId"], &result["level"]), (&json!("GK102"), &json!("error")));
    assert_eq!(
        result["locations"][0]["physicalLocation"]["region"],
        json!({"startLine": 11, "startColumn": 28, "endLine": 11, "endColumn": 33})
    );

    edit(folder.path(), "daily-report.yaml", ", targt: 1", "");
    assert_eq!(genkai(folder.path(), &["validate", "--format", "github"]).stdout, "");
    let clean = genkai(folder.path(), &["validate", "--format", "sarif"]);
    let log: Value = serde_json::from_str(&clean.stdout).unwrap();
    assert_eq!((clean.code, &log["runs"][0]["results"]), (0, &json!([])));
}

/// The starting project with a setting that has no effect, which a comment accepts.
fn project_with_an_accepted_finding() -> TempDir {
    let folder = new_project();
    let alerts = "target: 95%}\n  alerts:\n    # genkai: allow GK402 until 2027-03-31: {soon} 予定\n    fastBurn: {severity: none}";
    edit(folder.path(), "daily-report.yaml", "target: 95%}", alerts);
    folder
}

#[test]
fn accepted_findings_are_counted_listed_and_suppressed() {
    let folder = project_with_an_accepted_finding();
    let validate = |format| genkai(folder.path(), &["validate", "--today", "2027-03-31", "--format", format]);
    let text = validate("text");
    assert_eq!((text.code, text.stdout.as_str()), (0, ""));
    assert_eq!(text.stderr, "1 finding accepted\n1 spec in 1 environment: no errors\n");
    assert_eq!(validate("github").stdout, "");

    let json = document(&validate("json"));
    assert_eq!(json["findings"], json!([]));
    assert_eq!(json["summary"], json!({"errors": 0, "warnings": 0, "accepted": 1}));
    let accepted = &json["accepted"][0];
    assert_eq!((&accepted["code"], &accepted["primary"]["start"]["line"]), (&json!("GK402"), &json!(14)));
    assert_eq!((&accepted["reason"], &accepted["until"]), (&json!("{soon} 予定"), &json!("2027-03-31")));
    assert_eq!(accepted["comment"]["start"]["line"], 13);

    let sarif: Value = serde_json::from_str(&validate("sarif").stdout).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    let suppression = &result["suppressions"][0];
    assert_eq!((&result["ruleId"], &suppression["kind"]), (&json!("GK402"), &json!("inSource")));
    assert_eq!(suppression["justification"], "{soon} 予定 (until 2027-03-31)");
    assert_eq!(suppression["location"]["physicalLocation"]["region"]["startLine"], 13);
}

#[test]
fn the_day_changes_warnings_and_nothing_else() {
    let folder = project_with_an_accepted_finding();
    let run = |arguments: &[&str]| genkai(folder.path(), arguments);
    assert_eq!(run(&["generate", "--today", "2027-03-31"]).code, 0);
    let later = run(&["generate", "--check", "--today", "2027-04-01"]);
    assert_eq!((later.code, later.stdout.as_str()), (0, ""));
    assert!(later.stderr.contains("warning[GK402]"), "{}", later.stderr);
    assert!(later.stderr.contains("warning[GK803]"), "{}", later.stderr);
    assert!(later.stderr.contains("2 warnings\n"), "{}", later.stderr);
    // Without a day it is some day: whichever it is, the exit code is the same.
    assert_eq!(run(&["validate"]).code, 0);
}

#[test]
fn formats_list_the_files_of_the_output() {
    let folder = new_project();
    let files = |run: &Run, status: &str| {
        let document = document(run);
        let files = document["files"].as_array().unwrap().iter().filter(|file| file["status"] == status);
        files.map(|file| file["path"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let generated = genkai(folder.path(), &["generate", "--format", "json"]);
    assert_eq!((generated.code, files(&generated, "written").len()), (0, 7));
    assert!(generated.stderr.contains("wrote    generated/production/manifest.json"), "{}", generated.stderr);
    let check = |format: &str| genkai(folder.path(), &["generate", "--check", "--format", format]);
    assert_eq!((check("json").code, document(&check("json"))["files"].clone()), (0, json!([])));
    assert_eq!((check("github").code, check("github").stdout.as_str()), (0, ""));

    edit(folder.path(), "daily-report.yaml", "target: 95%", "target: 90%");
    let channels = "generated/production/terraform/channels.tf";
    fs::remove_file(folder.path().join(channels)).unwrap();
    let own = "generated/production/terraform/copy.tf";
    fs::copy(folder.path().join("generated/production/terraform/versions.tf"), folder.path().join(own))
        .unwrap();

    let json = check("json");
    assert_eq!(json.code, 2);
    assert_eq!(files(&json, "missing"), [channels]);
    assert_eq!(files(&json, "foreign"), [own]);
    let stale = json!({
        "path": "generated/production/terraform/dag-slo_daily-report.tf",
        "status": "stale",
        "source": "slo-specs/daily-report.yaml"
    });
    assert!(document(&json)["files"].as_array().unwrap().contains(&stale), "{}", json.stdout);

    let github = check("github");
    assert_eq!(github.code, 2);
    let line = "::error file=generated/production/terraform/dag-slo_daily-report.tf,title=stale output::\
                `generated/production/terraform/dag-slo_daily-report.tf` (slo-specs/daily-report.yaml) does not hold what \
                the specs say: run `genkai generate` and commit what it writes";
    assert!(github.stdout.lines().any(|annotation| annotation == line), "{}", github.stdout);
    assert_eq!(github.stdout.matches(&format!("file={own},title=GK601%3A")).count(), 1, "{}", github.stdout);
    assert!(github.stdout.lines().all(|annotation| annotation.starts_with("::error file=generated/")));
}

/// As git with `core.autocrlf` does it.
#[test]
fn check_says_when_line_endings_are_all_that_differs() {
    let folder = new_project();
    assert_eq!(genkai(folder.path(), &["generate"]).code, 0);
    let generated = folder.path().join("generated/production");
    for file in ["manifest.json", "terraform/channels.tf", "terraform/dag-slo_daily-report.tf"] {
        let text = fs::read_to_string(generated.join(file)).unwrap();
        fs::write(generated.join(file), text.replace('\n', "\r\n")).unwrap();
    }
    let check = genkai(folder.path(), &["generate", "--check"]);
    assert_eq!((check.code, check.stdout.lines().count()), (2, 3));
    let said =
        "warning[GK605]: `generated` holds 3 files in which nothing but the line endings is out of date";
    assert!(check.stderr.contains(said), "{}", check.stderr);
    assert!(check.stderr.contains("`generated/** -text`"), "{}", check.stderr);
    assert_eq!(genkai(folder.path(), &["generate"]).code, 0);
    assert_eq!(genkai(folder.path(), &["generate", "--check"]).stderr, "generated/ is current\n");
}

#[test]
fn formats_name_the_spec_that_a_file_came_from_when_it_is_gone() {
    let folder = new_project();
    assert_eq!(genkai(folder.path(), &["generate"]).code, 0);
    fs::remove_file(folder.path().join("slo-specs/daily-report.yaml")).unwrap();
    let policies = "generated/production/terraform/dag-slo_daily-report.tf";
    let spec = "slo-specs/daily-report.yaml";
    let run = |arguments: &[&str]| genkai(folder.path(), arguments);

    let check = run(&["generate", "--check"]);
    assert!(check.stdout.contains(&format!("obsolete {policies}  ({spec})\n")), "{}", check.stdout);
    let check = run(&["generate", "--check", "--format", "github"]);
    let annotation = format!(
        "::error file={policies},title=obsolete output::`{policies}` ({spec}) is no longer produced: run `genkai generate` \
         and commit what it writes"
    );
    assert!(check.stdout.lines().any(|line| line == annotation), "{}", check.stdout);
    let listed = |status| json!({"path": policies, "status": status, "source": spec});
    let check = document(&run(&["generate", "--check", "--format", "json"]));
    assert!(check["files"].as_array().unwrap().contains(&listed("obsolete")), "{check}");
    let done = document(&run(&["generate", "--format", "json"]));
    assert!(done["files"].as_array().unwrap().contains(&listed("removed")), "{done}");
}

#[test]
fn files_of_a_spec_that_is_gone_are_removed_and_those_of_others_stay() {
    let folder = new_project();
    assert_eq!(genkai(folder.path(), &["generate"]).code, 0);
    let terraform = folder.path().join("generated/production/terraform");
    fs::write(terraform.join("own.tf"), "# a team's own\n").unwrap();
    fs::remove_file(folder.path().join("slo-specs/daily-report.yaml")).unwrap();
    let run = genkai(folder.path(), &["generate"]);
    assert_eq!(run.code, 0);
    assert!(
        run.stdout.contains("removed  generated/production/terraform/dag-slo_daily-report.tf"),
        "{}",
        run.stdout
    );
    assert!(!terraform.join("dag-slo_daily-report.tf").exists());
    assert!(terraform.join("own.tf").exists());
}

#[test]
fn an_environment_that_leaves_keeps_its_module_until_it_was_applied() {
    let folder = new_project();
    edit(
        folder.path(),
        "project.yaml",
        "  environments:\n",
        "  environments:\n    staging:\n      projectId: example-staging\n      composerEnvironments: [composer]\n      \
         channels: {oncall: {email: oncall@example.com}, team: {email: data-team@example.com}}\n",
    );
    let project = folder.path().join("slo-specs/project.yaml");
    let with_staging = fs::read_to_string(&project).unwrap();
    assert_eq!(genkai(folder.path(), &["generate"]).code, 0);
    let (before, rest) = with_staging.split_once("    staging:\n").unwrap();
    let rest: Vec<&str> = rest.lines().skip_while(|line| line.starts_with("      ")).collect();
    fs::write(&project, format!("{before}{}\n", rest.join("\n"))).unwrap();

    let module = folder.path().join("generated/staging/terraform");
    for arguments in [&["generate"][..], &["generate"], &["generate", "--check"]] {
        let run = genkai(folder.path(), arguments);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(run.stderr.contains("warning[GK607]"), "{}", run.stderr);
        assert!(run.stderr.contains("then run `genkai generate --applied staging`"), "{}", run.stderr);
        let names = module.read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        assert_eq!(
            names.collect::<BTreeSet<_>>(),
            BTreeSet::from(["providers.tf", "versions.tf"].map(str::to_owned))
        );
    }
    let misspelt = genkai(folder.path(), &["generate", "--applied", "stging"]);
    assert_eq!((misspelt.code, misspelt.stderr.contains("something is kept of `staging`")), (1, true));
    let applied = genkai(folder.path(), &["generate", "--applied", "staging"]);
    assert_eq!((applied.code, applied.stderr.contains("GK607")), (0, false), "{}", applied.stderr);
    assert!(!folder.path().join("generated/staging").exists());
    assert_eq!(genkai(folder.path(), &["generate", "--check"]).code, 0);
}

#[test]
fn no_environment_takes_the_state_of_another_that_was_there() {
    let folder = new_project();
    let project = folder.path().join("slo-specs/project.yaml");
    let alone = fs::read_to_string(&project).unwrap();
    let (before, after) = alone.split_once("  environments:\n").unwrap();
    let with = |environments: &[(&str, &str)]| {
        let environments = environments.iter().map(|(name, prefix)| {
            format!(
                "    {name}: {{projectId: example-{name}, composerEnvironments: [composer], channels: {{oncall: {{email: \
                 a@example.com}}, team: {{email: b@example.com}}}}, terraform: {{backend: {{gcs: {{bucket: b, prefix: {prefix}}}}}}}}}\n"
            )
        });
        let rest: Vec<&str> = after.lines().skip_while(|line| line.starts_with("    ")).collect();
        let environments: String = environments.collect();
        fs::write(&project, format!("{before}  environments:\n{environments}{}\n", rest.join("\n"))).unwrap();
        genkai(folder.path(), &["generate"])
    };
    assert_eq!(with(&[("production", "p"), ("staging", "s")]).code, 0);
    let swapped = with(&[("production", "s"), ("staging", "p")]);
    assert_eq!(swapped.code, 1);
    for line in [
        "error[GK321]: `production` would take the Terraform state of `staging`: `gs://b/s`",
        "error[GK321]: `staging` would take the Terraform state of `production`: `gs://b/p`",
    ] {
        assert!(swapped.stderr.contains(line), "{}", swapped.stderr);
    }
    let dropped = with(&[("production", "s")]);
    assert_eq!((dropped.code, dropped.stderr.contains("error[GK321]")), (1, true), "{}", dropped.stderr);
    let renamed = with(&[("production", "p"), ("stg", "s")]);
    assert_eq!(renamed.code, 0, "{}", renamed.stderr);
}

#[test]
fn an_address_that_a_team_declares_too_is_an_error() {
    let folder = new_project();
    assert_eq!(genkai(folder.path(), &["generate"]).code, 0);
    let own = folder.path().join("generated/production/terraform/own.tf");
    fs::write(&own, "resource \"google_monitoring_custom_service\" \"dag_slo_daily_report\" {}\n").unwrap();
    let run = genkai(folder.path(), &["generate"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("GK602") && run.stderr.contains("own.tf"), "{}", run.stderr);

    fs::remove_file(own).unwrap();
    let own = folder.path().join("generated/production/terraform/own.tf.json");
    fs::write(own, r#"{"resource": {"google_monitoring_custom_service": {"dag_slo_daily_report": {}}}}"#)
        .unwrap();
    let run = genkai(folder.path(), &["generate"]);
    assert_eq!(run.code, 1);
    assert!(
        run.stderr.contains("declared in `generated/production/terraform/own.tf.json` on line 1"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_project_overrides_the_text_of_alerts() {
    let folder = new_project();
    fs::create_dir_all(folder.path().join("templates/en")).unwrap();
    fs::write(folder.path().join("templates/en/alert.md"), "Call {{ owner }}.\n").unwrap();
    assert_eq!(genkai(folder.path(), &["generate"]).code, 0);
    let file = folder.path().join("generated/production/terraform/dag-slo_daily-report.tf");
    assert!(fs::read_to_string(file).unwrap().contains("content   = \"Call data-team.\""));

    fs::write(folder.path().join("templates/en/alert.md"), "Call {{ onwer }}.\n").unwrap();
    let run = genkai(folder.path(), &["generate"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("(in en/alert.md:1): `Call {{ onwer }}.`"), "{}", run.stderr);
}

#[test]
fn the_command_line_ends_with_3_when_it_is_not_understood() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        &["generat"][..],
        &["generate", "--chekc"],
        &["--color", "blue", "validate"],
        &["validate", "--format", "xml"],
        &["generate", "--format", "sarif"],
        &["validate", "--today", "2027-02-29"],
        &["validate", "--today", "tomorrow"],
        &["init", "--today", "2027-02-28"],
        &["explain"],
        &[],
    ] {
        assert_eq!(genkai(folder.path(), arguments).code, 3, "{arguments:?}");
    }
    assert_eq!(genkai(folder.path(), &["--help"]).code, 0);
    assert_eq!(genkai(folder.path(), &["--version"]).code, 0);
}

#[test]
fn a_folder_without_specs_says_how_to_begin() {
    let folder = tempfile::tempdir().unwrap();
    let run = genkai(folder.path(), &["validate"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("genkai init"), "{}", run.stderr);
}

#[test]
fn explain_prints_the_page_of_a_code() {
    let folder = tempfile::tempdir().unwrap();
    for code in ["GK102", "gk102", "102"] {
        let run = genkai(folder.path(), &["explain", code]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{code}");
        assert_eq!(run.stdout, include_str!("../docs/diagnostics/GK102.md"));
    }
}

#[test]
fn explain_says_what_it_can_explain() {
    let folder = tempfile::tempdir().unwrap();
    for (asked, said) in [
        ("GK299", "error: there is no code `GK299`\nhelp: the codes about schedules and time are\n  GK201  "),
        ("GK1O2", "error: there is no code `GK1O2`\nhelp: did you mean `GK102`?\n"),
        ("999", "error: there is no code `999`\nhelp: a code is `GK` and three digits, such as GK102\n"),
    ] {
        let run = genkai(folder.path(), &["explain", asked]);
        assert_eq!((run.code, run.stdout.as_str()), (3, ""), "{asked}");
        assert!(run.stderr.starts_with(said), "{asked}: {}", run.stderr);
    }
    let run = genkai(folder.path(), &["explain", "DagSlo/sales"]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
    assert!(run.stderr.contains("genkai init"), "{}", run.stderr);
}

#[test]
fn explain_finds_a_document_by_its_name_or_says_which_there_are() {
    let folder = new_project();
    let explain = |arguments: &[&str]| genkai(folder.path(), &[&["explain"], arguments].concat());
    for name in ["daily-report", "DagSlo/daily-report", "dagslo/daily-report"] {
        let run = explain(&[name]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{name}");
        assert!(run.stdout.starts_with("DagSlo/daily-report"), "{}", run.stdout);
        assert!(run.stdout.contains("\nPromise success: 95%"), "{}", run.stdout);
        assert!(!run.stdout.contains('\u{1b}'), "no colours without a terminal");
        assert!(explain(&[name, "--env", "production"]).stdout == run.stdout, "there is one environment");
    }
    for (arguments, said) in [
        (
            &["daily-reprot"][..],
            "error: there is no document `daily-reprot`\nhelp: did you mean `daily-report`?",
        ),
        (&["DagSlo/x"], "error: there is no document `DagSlo/x`\nhelp: there are `DagSlo/daily-report`"),
        (&["example"], "error: the Project promises nothing"),
        (
            &["daily-report", "--env", "prod"],
            "error: the Project has no environment `prod`\nhelp: did you mean",
        ),
        (&["GK102", "--env", "production"], "error: a code has neither environments nor formats"),
    ] {
        let run = explain(arguments);
        assert_eq!((run.code, run.stdout.as_str()), (3, ""), "{arguments:?}");
        assert!(run.stderr.starts_with(said), "{arguments:?}: {}", run.stderr);
    }
}

#[test]
fn explain_works_among_errors_and_says_so() {
    let folder = new_project();
    let broken = "apiVersion: genkai.dev/v1\nkind: DagSlo\nmetadata: {name: broken}\nspec: {dag: 1}\n";
    fs::write(folder.path().join("slo-specs/broken.yaml"), broken).unwrap();
    let run = genkai(folder.path(), &["explain", "daily-report"]);
    assert_eq!(run.code, 0);
    assert!(run.stdout.contains("\n  Alert repeatedFailure: "), "{}", run.stdout);
    assert!(run.stdout.contains("The rest of the project has 3 errors"), "{}", run.stdout);
    let run = genkai(folder.path(), &["explain", "broken"]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("What it comes to is known once its errors are corrected"), "{}", run.stdout);
    assert!(run.stdout.contains("  error[GK103] line 4: "), "{}", run.stdout);
}

#[test]
fn queries_are_printed_in_every_format_or_not_at_all() {
    let folder = new_project();
    let queries = |arguments: &[&str]| genkai(folder.path(), &[&["queries"], arguments].concat());
    let text = queries(&[]);
    assert_eq!((text.code, text.stderr.as_str()), (0, ""));
    assert!(
        text.stdout.starts_with("# ━━━ DagSlo/daily-report, slo-specs/daily-report.yaml:"),
        "{}",
        text.stdout
    );
    assert!(
        text.stdout.contains("\n# A twin: Cloud Monitoring asks the same by a threshold on a count.\nsum(")
    );
    let alone = queries(&["daily-report", "--env", "production"]);
    assert!(text.stdout.starts_with(&alone.stdout) && !alone.stdout.is_empty(), "{}", alone.stdout);
    let printed: Value = serde_json::from_str(&queries(&["--format", "json"]).stdout).unwrap();
    assert_eq!(printed["environment"], "production");
    assert!(queries(&["--format", "rules"]).stdout.contains("\n- name: DagSlo/daily-report\n"));
    for arguments in [&["--env", "prod"][..], &["daily"], &["--format", "xml"]] {
        let run = queries(arguments);
        assert_eq!((run.code, run.stdout.as_str()), (3, ""), "{arguments:?}");
    }

    let second = "    staging: {projectId: my-staging, maxSeverity: none, composerEnvironments: [composer]}\n    production:";
    edit(folder.path(), "project.yaml", "    production:", second);
    let run = queries(&[]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("help: say which with `--env`: `production`, `staging`"), "{}", run.stderr);
    assert_eq!(queries(&["--env", "staging"]).stdout, "", "nothing speaks there");
    edit(folder.path(), "daily-report.yaml", "target: 95%", "targt: 95%");
    let run = queries(&["--env", "production"]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
    assert!(run.stderr.contains("did you mean `target`?"), "{}", run.stderr);
}

#[test]
fn schema_prints_what_is_published_and_lies_beside_specs() {
    let folder = new_project();
    let printed = genkai(folder.path(), &["schema"]);
    assert_eq!((printed.code, printed.stderr.as_str()), (0, ""));
    assert_eq!(printed.stdout, include_str!("../schemas/genkai.schema.json"));
    assert_eq!(genkai(folder.path(), &["schema", "--draft", "draft-07"]).stdout, printed.stdout);
    let newer = genkai(folder.path(), &["schema", "--draft", "2020-12"]);
    assert_eq!(newer.stdout, include_str!("../schemas/genkai.2020-12.schema.json"));
    assert_eq!(genkai(folder.path(), &["schema", "--draft", "draft-04"]).code, 3);

    fs::write(folder.path().join("slo-specs/genkai.schema.json"), printed.stdout).unwrap();
    let validated = genkai(folder.path(), &["validate"]);
    assert_eq!(validated.stderr, "1 spec in 1 environment: no errors\n");
}

#[test]
fn paths_for_code_hosting_begin_where_the_program_runs() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("platform/slo");
    fs::create_dir_all(&project).unwrap();
    assert_eq!(genkai(&project, &["init"]).code, 0);
    edit(&project, "daily-report.yaml", "target: 95%", "targt: 95%");
    let told =
        |format| genkai(folder.path(), &["-C", "./platform/slo", "validate", "--format", format]).stdout;
    assert!(told("github").contains("file=platform/slo/slo-specs/daily-report.yaml,"), "{}", told("github"));
    assert!(told("sarif").contains("\"platform/slo/slo-specs/daily-report.yaml\""), "{}", told("sarif"));
    // The project's own paths, for whoever reads it beside the project.
    assert!(told("json").contains("\"slo-specs/daily-report.yaml\""), "{}", told("json"));
}
