//! The jobs in docs/plan.md, run as they stand there: on a repository of a local server, with the programs around Genkai played.
#![cfg(unix)]

use super::git::{commit, edit, genkai, git, repository};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// The YAML below a heading.
fn job(heading: &str) -> Value {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/plan.md");
    let docs = fs::read_to_string(docs).unwrap();
    let (_, below) = docs.split_once(&format!("## {heading}\n")).unwrap();
    let (_, yaml) = below.split_once("```yaml\n").unwrap();
    serde_yaml::from_str(yaml.split_once("```").unwrap().0).unwrap()
}

/// The API of the hosting: comments in a file, labels in another. It answers with JSON, and `gh` asks jq as the real one does.
const GH: &str = r#"#!/bin/sh
set -e
case "$*" in
  *"/labels --jq"*) jq -r "$4" "$STATE/labels" ;;
  *"/comments --paginate --jq"*) jq -r "$5" "$STATE/comments" ;;
  "api -X PATCH"*"/issues/comments/"*) echo "${4##*/}" >> "$STATE/patched"; cp "${6#body=@}" "$STATE/comment" ;;
  "pr comment"*) echo '[{"id": 6, "user": {"login": "mallory"}, "body": "<!-- genkai-plan -->"}, {"id": 7, "user": {"login": "github-actions[bot]"}, "body": "<!-- genkai-plan -->"}]' > "$STATE/comments"; cp "$5" "$STATE/comment" ;;
  *) echo "not played: $*" >&2; exit 9 ;;
esac
"#;

const CURL: &str = r#"#!/bin/sh
set -e
for last; do :; done
case "$*" in
  *"-X POST"*) echo '[{"id": 6, "author": {"id": 2}, "body": "<!-- genkai-plan -->"}, {"id": 7, "author": {"id": 1}, "body": "<!-- genkai-plan -->"}]' > "$STATE/comments"; cp "$CI_BUILDS_DIR/plan.md" "$STATE/comment" ;;
  *"-X PUT"*) echo "${last##*/}" >> "$STATE/patched"; cp "$CI_BUILDS_DIR/plan.md" "$STATE/comment" ;;
  *"/notes?"*) cat "$STATE/comments" ;;
  *"/user") echo '{"id": 1}' ;;
  *) jq '{labels: map(.name)}' "$STATE/labels" ;;
esac
"#;

/// Installs what the tests built, if it is asked as it must be.
const CARGO: &str = r#"#!/bin/sh
case "$*" in "install --locked --git "*" --tag v0.1.0 genkai") ln -sf "$BUILT" "$HERE/genkai" ;; *) exit 9 ;; esac
"#;

/// A server, a checkout of a change, and the programs of a runner.
struct Runner {
    origin: TempDir,
    checkout: TempDir,
    programs: TempDir,
    state: TempDir,
}

impl Runner {
    /// The base is protected, and moves on after the change left it.
    fn new() -> Runner {
        let origin = repository();
        let path = origin.path();
        edit(
            path,
            "slo-specs/project.yaml",
            "spec:\n",
            "spec:\n  review: {labels: {slo-approved: [weakerObjective]}}\n",
        );
        commit(path);
        git(path, &["checkout", "-q", "-b", "change"]);
        edit(path, "slo-specs/daily-report.yaml", "target: 95%", "target: 80%");
        commit(path);
        git(path, &["checkout", "-q", "main"]);
        let spec = fs::read_to_string(path.join("slo-specs/daily-report.yaml")).unwrap();
        fs::write(path.join("slo-specs/weekly.yaml"), spec.replace("daily-report", "weekly")).unwrap();
        commit(path);
        let [checkout, programs, state] = [(); 3].map(|()| tempfile::tempdir().unwrap());
        for (name, text) in [("gh", GH), ("curl", CURL), ("cargo", CARGO), ("apt-get", "#!/bin/sh\n")] {
            let program = programs.path().join(name);
            fs::write(&program, text).unwrap();
            fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
        }
        let runner = Runner { origin, checkout, programs, state };
        runner.label("[]");
        runner.keep("comments", "[]");
        git(runner.checkout.path(), &["init", "-q"]);
        let url = format!("file://{}", runner.origin.path().display());
        git(runner.checkout.path(), &["remote", "add", "origin", &url]);
        runner
    }

    fn keep(&self, name: &str, text: &str) {
        fs::write(self.state.path().join(name), text).unwrap();
    }

    fn kept(&self, name: &str) -> String {
        fs::read_to_string(self.state.path().join(name)).unwrap_or_default()
    }

    fn label(&self, labels: &str) {
        self.keep("labels", labels);
    }

    fn run(&self, script: &str, environment: &[(&str, &str)]) -> Output {
        let mut command = Command::new("bash");
        let path = format!("{}:{}", self.programs.path().display(), std::env::var("PATH").unwrap());
        command.current_dir(self.checkout.path()).args(["-e", "-o", "pipefail", "-c", script]);
        command.env("PATH", path).env("STATE", self.state.path()).env("HERE", self.programs.path());
        command.env("BUILT", env!("CARGO_BIN_EXE_genkai")).env("RUNNER_TEMP", self.state.path());
        command.env("CI_BUILDS_DIR", self.state.path()).envs(environment.iter().copied());
        command.output().unwrap()
    }

    fn code(&self, script: &str, environment: &[(&str, &str)]) -> i32 {
        let output = self.run(script, environment);
        let code = output.status.code().unwrap();
        assert!([0, 4].contains(&code), "{code}: {}", String::from_utf8_lossy(&output.stderr));
        code
    }

    /// What the job says of the change, and nothing else.
    fn judges(&self, script: &str, environment: &[(&str, &str)]) {
        assert_eq!(self.code(script, environment), 4);
        let comment = self.kept("comment");
        assert!(comment.contains("`95%` → `80%`") && comment.contains("slo-approved"), "{comment}");
        assert!(!comment.contains("weekly"), "{comment}");
        assert_eq!(self.kept("patched"), "");
        self.label(r#"[{"name": "docs"}, {"name": "slo-approved"}]"#);
        assert_eq!(self.code(script, environment), 0);
        assert!(self.kept("comment").contains("Acknowledged: `weakerObjective`"));
        self.label("[]");
        assert_eq!(self.code(script, environment), 4);
        // The job's own comment is replaced, not that of a stranger who wrote the same marker.
        assert_eq!(self.kept("patched"), "7\n7\n");
    }
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_job_for_github_reviews_the_merge_commit_and_reads_the_labels() {
    let job = job("In GitHub Actions");
    let triggers = texts(&job["on"]["pull_request"]["types"]);
    assert!(
        ["labeled", "unlabeled", "synchronize"].iter().all(|kind| triggers.iter().any(|has| has == kind))
    );
    let steps = job["jobs"]["plan"]["steps"].as_array().unwrap();
    assert_eq!(steps[0]["with"]["fetch-depth"], 0);
    let script: Vec<&str> = steps.iter().filter_map(|step| step["run"].as_str()).collect();
    let runner = Runner::new();
    // As GitHub makes it; then the base moves on, and the checkout knows.
    let origin = runner.origin.path();
    git(origin, &["checkout", "-q", "--detach", "main"]);
    git(origin, &["merge", "-q", "--no-ff", "-m", "merge", "change"]);
    git(origin, &["update-ref", "refs/pull/1/merge", "HEAD"]);
    git(origin, &["checkout", "-q", "main"]);
    git(origin, &["rm", "-q", "slo-specs/weekly.yaml"]);
    git(origin, &["commit", "-q", "-m", "later"]);
    let checkout = runner.checkout.path();
    let refs = ["+refs/heads/*:refs/remotes/origin/*", "+refs/pull/1/merge:refs/remotes/pull/1/merge"];
    git(checkout, &["fetch", "-q", "origin", refs[0], refs[1]]);
    git(checkout, &["checkout", "-q", "--detach", "refs/remotes/pull/1/merge"]);
    let base = steps[2]["env"]["BASE"].as_str().unwrap().replace("${{ github.base_ref }}", "main");
    let mut environment =
        vec![("BASE", base.as_str()), ("PR", "1"), ("GITHUB_REPOSITORY", "example/project")];
    for (name, value) in job["jobs"]["plan"]["env"].as_object().unwrap() {
        environment.push((name.as_str(), value.as_str().unwrap()));
    }
    runner.judges(&script.join("\n"), &environment);
}

#[test]
fn the_job_for_gitlab_reviews_the_branch_and_the_merged_result() {
    let job = &job("In GitLab CI")["plan"];
    assert_eq!(job["variables"]["GIT_DEPTH"], 0);
    let script = [texts(&job["before_script"]), texts(&job["script"])].concat().join("\n");
    for merged in [false, true] {
        let runner = Runner::new();
        let origin = runner.origin.path();
        if merged {
            git(origin, &["checkout", "-q", "change"]);
            git(origin, &["merge", "-q", "--no-ff", "-m", "merge", "main"]);
        }
        let checkout = runner.checkout.path();
        git(checkout, &["fetch", "-q", "origin", "+refs/heads/change:refs/pipelines/1"]);
        git(checkout, &["checkout", "-q", "--detach", "refs/pipelines/1"]);
        let mut environment = vec![
            ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
            ("CI_API_V4_URL", "https://gitlab.example/api/v4"),
            ("CI_PROJECT_ID", "1"),
            ("CI_MERGE_REQUEST_IID", "1"),
            ("TOKEN", "none"),
        ];
        for name in ["GENKAI", "GENKAI_VERSION"] {
            environment.push((name, job["variables"][name].as_str().unwrap()));
        }
        runner.judges(&script, &environment);
    }
}

#[test]
fn a_job_whose_plan_fails_fails_and_comments_nothing() {
    let job = job("In GitHub Actions");
    let script = job["jobs"]["plan"]["steps"][2]["run"].as_str().unwrap().to_owned();
    let runner = Runner::new();
    assert_eq!(genkai(runner.checkout.path(), &["init"]).code, 0);
    let built = PathBuf::from(env!("CARGO_BIN_EXE_genkai"));
    std::os::unix::fs::symlink(built, runner.programs.path().join("genkai")).unwrap();
    let environment = [("BASE", "nothing"), ("PR", "1"), ("GITHUB_REPOSITORY", "example/project")];
    assert_eq!(runner.run(&script, &environment).status.code(), Some(1));
    assert_eq!(runner.kept("comment"), "");
}
