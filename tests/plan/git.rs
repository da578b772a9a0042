//! `genkai plan --base REF` as its users meet it, with every kind of repository.

use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

pub(super) struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

pub(super) fn genkai(folder: &Path, arguments: &[&str]) -> Run {
    run(Command::new(env!("CARGO_BIN_EXE_genkai")).current_dir(folder).args(arguments))
}

fn run(command: &mut Command) -> Run {
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Run { code: output.status.code().unwrap(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
}

/// Git with nobody's configuration.
pub(super) fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(name);
    }
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    let settings =
        ["user.name=a", "user.email=a@example.com", "protocol.file.allow=always", "init.defaultBranch=main"];
    let settings = settings.iter().flat_map(|setting| ["-c", setting]);
    let run = run(command.current_dir(folder).args(settings).args(arguments));
    assert_eq!(run.code, 0, "git {arguments:?}: {}", run.stderr);
    run.stdout
}

pub(super) fn edit(folder: &Path, spec: &str, from: &str, to: &str) {
    let path = folder.join(spec);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(path, text.replace(from, to)).unwrap();
}

pub(super) fn commit(folder: &Path) {
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-q", "-m", "a state"]);
}

const SPEC: &str = "slo-specs/daily-report.yaml";

/// A repository with a project at its top, committed.
pub(super) fn repository() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "-q"]);
    assert_eq!(genkai(folder.path(), &["init"]).code, 0);
    commit(folder.path());
    folder
}

fn plan(folder: &Path, base: &str) -> Run {
    genkai(folder, &["plan", "--base", base])
}

#[test]
fn the_work_tree_is_compared_as_it_is_and_stays_as_it_is() {
    let folder = repository();
    let folder = folder.path();
    let clean = plan(folder, "HEAD");
    let commit = git(folder, &["rev-parse", "HEAD"]);
    let told = format!("no change\ncompared with `{}`, which is `HEAD`\n", &commit[..12]);
    assert_eq!((clean.code, clean.stdout.as_str()), (0, told.as_str()), "{}", clean.stderr);
    // A change that nobody has committed or staged.
    edit(folder, SPEC, "target: 95%", "target: 80%");
    let status = git(folder, &["status", "--porcelain"]);
    let index = fs::read(folder.join(".git/index")).unwrap();
    let dirty = plan(folder, "HEAD");
    assert_eq!(dirty.code, 2, "{}", dirty.stderr);
    assert!(dirty.stdout.contains("`95%` → `80%`"), "{}", dirty.stdout);
    assert!(dirty.stdout.contains("slo-specs/daily-report.yaml:11"), "{}", dirty.stdout);
    assert_eq!(fs::read(folder.join(".git/index")).unwrap(), index);
    assert_eq!(git(folder, &["status", "--porcelain"]), status);
}

#[test]
fn a_folder_and_a_manifest_are_bases_too() {
    let (one, other) = (repository(), repository());
    edit(other.path(), SPEC, "target: 95%", "target: 80%");
    assert_eq!(genkai(one.path(), &["generate"]).code, 0);
    for base in [one.path().to_owned(), one.path().join("generated/production/manifest.json")] {
        let planned = plan(other.path(), base.to_str().unwrap());
        assert_eq!(planned.code, 2, "{}", planned.stderr);
        assert!(planned.stdout.contains("`95%` → `80%`"));
    }
}

#[test]
fn a_ref_is_a_ref_and_a_folder_is_asked_for_as_a_folder() {
    let folder = repository();
    let folder = folder.path();
    edit(folder, "slo-specs/project.yaml", "spec:\n", "spec:\n  review: {failOn: [weakerObjective]}\n");
    commit(folder);
    git(folder, &["update-ref", "refs/remotes/origin/main", "HEAD"]);
    edit(folder, SPEC, "target: 95%", "target: 80%");
    // The change brings what looks like the base.
    fs::create_dir_all(folder.join("origin/main")).unwrap();
    for file in ["project.yaml", "daily-report.yaml"] {
        fs::create_dir_all(folder.join("origin/main/slo-specs")).unwrap();
        fs::copy(folder.join("slo-specs").join(file), folder.join("origin/main/slo-specs").join(file))
            .unwrap();
    }
    let planned = plan(folder, "origin/main");
    assert_eq!(planned.code, 4, "{}{}", planned.stdout, planned.stderr);
    assert_eq!(genkai(folder, &["validate", "--base", "origin/main"]).code, 0);
    let as_folder = plan(folder, "./origin/main");
    assert_eq!((as_folder.code, as_folder.stdout.as_str()), (0, "no change\n"), "{}", as_folder.stderr);
    let unknown = plan(folder, "origin");
    assert!(unknown.stderr.contains("did you mean the folder? `--base ./origin`"), "{}", unknown.stderr);
    let none = plan(folder, "./slo-specs");
    assert!(none.stderr.contains("`./slo-specs` holds no `slo-specs`"), "{}", none.stderr);
    // Nor does it matter who else has the name.
    git(folder, &["tag", "origin/main"]);
    let ambiguous = plan(folder, "origin/main");
    assert_eq!(ambiguous.code, 1);
    assert!(ambiguous.stderr.contains("`refs/remotes/origin/main`"), "{}", ambiguous.stderr);
    assert_eq!(plan(folder, "refs/remotes/origin/main").code, 4);
}

/// A branch that left `main` before a colleague's new spec, with a change of its own.
fn moved_base() -> TempDir {
    let folder = repository();
    let path = folder.path();
    git(path, &["checkout", "-q", "-b", "change"]);
    edit(path, SPEC, "target: 95%", "target: 80%");
    commit(path);
    git(path, &["checkout", "-q", "main"]);
    let colleague = fs::read_to_string(path.join(SPEC)).unwrap().replace("daily-report", "weekly-report");
    fs::write(path.join("slo-specs/weekly-report.yaml"), colleague).unwrap();
    edit(path, "slo-specs/project.yaml", "spec:\n", "spec:\n  review: {failOn: [weakerObjective]}\n");
    commit(path);
    git(path, &["checkout", "-q", "change"]);
    folder
}

#[test]
fn the_base_of_a_review_is_where_the_change_left_it() {
    let folder = moved_base();
    let folder = folder.path();
    let left = git(folder, &["rev-parse", "main~1"]).trim().to_owned();
    let planned = plan(folder, "main");
    assert!(!planned.stdout.contains("weekly-report"), "{}", planned.stdout);
    let told = format!("compared with `{}`, where the change left `main`\n", &left[..12]);
    assert!(planned.stdout.contains(&told), "{}", planned.stdout);
    // The policy is that of today: who leaves from an old commit does not escape it.
    assert_eq!(planned.code, 4, "{}{}", planned.stdout, planned.stderr);
    let json = genkai(folder, &["plan", "--base", "main", "--format", "json"]).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let compared = serde_json::json!({"reference": "main", "commit": left, "isMergeBase": true});
    assert_eq!(json["compared"], compared);
    let comment = genkai(folder, &["plan", "--base", "main", "--format", "markdown"]).stdout;
    let told = format!("Compared with `{}`, where the change left `main`.\n", &left[..12]);
    assert!(comment.contains(&told), "{comment}");
    let validated = genkai(folder, &["validate", "--base", "main"]);
    assert_eq!(validated.code, 0, "{}", validated.stderr);
}

#[test]
fn a_merge_commit_of_the_hosting_is_compared_with_the_base_it_merged() {
    let folder = moved_base();
    let folder = folder.path();
    git(folder, &["checkout", "-q", "--detach", "main"]);
    git(folder, &["merge", "-q", "--no-ff", "-m", "merge", "change"]);
    // The base moves on after the merge was made.
    git(folder, &["checkout", "-q", "main"]);
    git(folder, &["rm", "-q", "slo-specs/weekly-report.yaml"]);
    git(folder, &["commit", "-q", "-m", "a later state"]);
    git(folder, &["checkout", "-q", "@{-1}"]);
    let planned = plan(folder, "main");
    assert!(planned.stdout.contains("`95%` → `80%`"), "{}", planned.stdout);
    assert!(!planned.stdout.contains("weekly-report"), "{}", planned.stdout);
}

#[test]
fn histories_with_nothing_in_common_are_compared_as_they_are() {
    let folder = repository();
    let folder = folder.path();
    git(folder, &["checkout", "-q", "--orphan", "other"]);
    edit(folder, SPEC, "target: 95%", "target: 80%");
    // Nothing is committed on it yet, and then something is.
    assert_eq!(plan(folder, "main").code, 2);
    commit(folder);
    let planned = plan(folder, "main");
    assert_eq!(planned.code, 2, "{}", planned.stderr);
    assert!(planned.stdout.contains("which is `main`"), "{}", planned.stdout);
}

#[test]
fn an_unknown_base_is_named_with_what_to_do() {
    let folder = repository();
    let unknown = plan(folder.path(), "mian");
    assert_eq!((unknown.code, unknown.stdout.as_str()), (1, ""));
    assert!(
        unknown.stderr.contains("error: git knows no `mian` here\nhelp: fetch it first"),
        "{}",
        unknown.stderr
    );
    // A name like an option stays a name.
    let option = genkai(folder.path(), &["plan", "--base=--output=stolen"]);
    assert!(option.stderr.contains("git knows no `--output=stolen` here"), "{}", option.stderr);
    assert!(!folder.path().join("stolen").exists());
    let missing = genkai(folder.path(), &["plan"]);
    assert_eq!(missing.code, 3, "{}", missing.stderr);
    let kind = genkai(folder.path(), &["plan", "--base", "HEAD", "--acknowledge", "removedPages"]);
    assert_eq!(kind.code, 3);
    assert!(kind.stderr.contains("did you mean `removedPage`?"), "{}", kind.stderr);
}

#[test]
fn a_branch_that_only_the_remote_has_is_suggested() {
    let origin = repository();
    git(origin.path(), &["branch", "release"]);
    let clones = tempfile::tempdir().unwrap();
    git(clones.path(), &["clone", "-q", origin.path().to_str().unwrap(), "clone"]);
    let planned = plan(&clones.path().join("clone"), "release");
    assert!(planned.stderr.contains("did you mean `origin/release`?"), "{}", planned.stderr);
}

#[test]
fn the_words_of_a_review_are_those_of_the_base() {
    let folder = repository();
    let folder = folder.path();
    fs::create_dir_all(folder.join("templates/en/plan")).unwrap();
    let template = folder.join("templates/en/plan/comment.md");
    fs::write(&template, "Ours: {{ summary }}").unwrap();
    commit(folder);
    edit(folder, SPEC, "target: 95%", "target: 80%");
    fs::write(&template, "no change").unwrap();
    let markdown = |base| genkai(folder, &["plan", "--base", base, "--format", "markdown"]);
    let told = markdown("HEAD").stdout;
    assert!(told.contains("Ours: 1 weaker"), "{told}");
    // A template of the base that this version cannot use does not stop the review.
    fs::write(&template, "{{ nothing_of_the_kind }}").unwrap();
    commit(folder);
    edit(folder, SPEC, "target: 80%", "target: 70%");
    let fallen_back = markdown("HEAD");
    assert_eq!(fallen_back.code, 2, "{}", fallen_back.stderr);
    assert!(fallen_back.stdout.contains("### Genkai: 1 weaker"), "{}", fallen_back.stdout);
    assert!(fallen_back.stderr.contains("note: the base has a template that cannot be used"));
}

#[test]
fn a_shallow_clone_says_how_to_fetch_more() {
    let origin = repository();
    edit(origin.path(), SPEC, "target: 95%", "target: 80%");
    commit(origin.path());
    let clones = tempfile::tempdir().unwrap();
    let url = format!("file://{}", origin.path().display());
    git(clones.path(), &["clone", "-q", "--depth", "1", &url, "clone"]);
    let planned = plan(&clones.path().join("clone"), "HEAD~1");
    assert_eq!(planned.code, 1);
    assert!(planned.stderr.contains("fetch-depth: 0"), "{}", planned.stderr);
}

#[test]
fn a_shallow_clone_that_lacks_the_merge_base_says_how_to_fetch_more() {
    let origin = moved_base();
    let clones = tempfile::tempdir().unwrap();
    let url = format!("file://{}", origin.path().display());
    git(clones.path(), &["clone", "-q", "--depth", "1", "--no-single-branch", "-b", "change", &url, "clone"]);
    let clone = clones.path().join("clone");
    let planned = plan(&clone, "origin/main");
    assert_eq!((planned.code, planned.stdout.as_str()), (1, ""));
    assert!(planned.stderr.contains("does not reach back to where `HEAD` and `origin/main` went apart"));
    assert!(planned.stderr.contains("git fetch --unshallow"), "{}", planned.stderr);
    git(&clone, &["fetch", "-q", "--unshallow"]);
    assert_eq!(plan(&clone, "origin/main").code, 4);
}

#[test]
fn a_partial_clone_fetches_nothing_and_says_what_is_missing() {
    let origin = repository();
    git(origin.path(), &["config", "uploadpack.allowFilter", "true"]);
    let clones = tempfile::tempdir().unwrap();
    let url = format!("file://{}", origin.path().display());
    edit(origin.path(), SPEC, "target: 95%", "target: 80%");
    commit(origin.path());
    git(clones.path(), &["clone", "-q", "--filter=blob:none", &url, "clone"]);
    let planned = plan(&clones.path().join("clone"), "HEAD~1");
    assert!(planned.stderr.contains("is not stored here, as in a clone with a filter"), "{}", planned.stderr);
}

#[test]
fn large_files_of_the_base_are_refused_before_they_are_read() {
    let folder = repository();
    let folder = folder.path();
    let large = fs::File::create(folder.join("slo-specs/large.yaml")).unwrap();
    large.set_len(64 * 1024 * 1024).unwrap();
    std::os::unix::fs::symlink("large.yaml", folder.join("slo-specs/link.yaml")).unwrap();
    commit(folder);
    for file in ["large.yaml", "link.yaml"] {
        fs::remove_file(folder.join("slo-specs").join(file)).unwrap();
    }
    let planned = plan(folder, "HEAD");
    assert_eq!(planned.stderr.matches("the file is larger than 8 MiB").count(), 2, "{}", planned.stderr);
}

#[test]
fn without_git_or_a_repository_a_folder_is_suggested() {
    let folder = repository();
    let mut command = Command::new(env!("CARGO_BIN_EXE_genkai"));
    let empty = tempfile::tempdir().unwrap();
    let none =
        run(command.current_dir(folder.path()).env("PATH", empty.path()).args(["plan", "--base", "HEAD"]));
    assert_eq!(none.code, 1);
    assert!(
        none.stderr.contains("`git` is not installed") && none.stderr.contains("--base ./FOLDER"),
        "{}",
        none.stderr
    );

    let alone = tempfile::tempdir().unwrap();
    assert_eq!(genkai(alone.path(), &["init"]).code, 0);
    let planned = plan(alone.path(), "main");
    assert_eq!(planned.code, 1);
    assert!(planned.stderr.contains("in no git repository"), "{}", planned.stderr);
}

#[test]
fn a_bare_repository_has_no_work_tree() {
    let origin = repository();
    let clones = tempfile::tempdir().unwrap();
    git(clones.path(), &["clone", "-q", "--bare", origin.path().to_str().unwrap(), "bare"]);
    let bare = clones.path().join("bare");
    assert_eq!(genkai(&bare, &["init"]).code, 0);
    let planned = plan(&bare, "HEAD");
    assert_eq!(planned.code, 1);
    assert!(planned.stderr.contains("the repository is bare"), "{}", planned.stderr);
}

#[test]
fn a_project_below_the_top_and_one_that_has_moved_are_found() {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "-q"]);
    let project = folder.path().join("teams/data");
    fs::create_dir_all(&project).unwrap();
    assert_eq!(genkai(&project, &["init"]).code, 0);
    commit(folder.path());
    edit(&project, SPEC, "target: 95%", "target: 80%");
    let below = genkai(folder.path(), &["-C", "teams/data", "plan", "--base", "HEAD"]);
    assert_eq!(below.code, 2, "{}", below.stderr);
    assert!(below.stdout.contains("`95%` → `80%`"));

    fs::rename(&project, folder.path().join("monitoring")).unwrap();
    let moved = plan(&folder.path().join("monitoring"), "HEAD");
    assert_eq!(moved.code, 2, "{}", moved.stderr);
    assert!(
        moved.stderr.contains("note: at `HEAD` the specs are in `teams/data/slo-specs`"),
        "{}",
        moved.stderr
    );
    assert!(moved.stdout.contains("`95%` → `80%`"), "{}", moved.stdout);
}

#[test]
fn where_the_base_has_no_specs_everything_is_new() {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["commit", "-q", "--allow-empty", "-m", "nothing"]);
    assert_eq!(genkai(folder.path(), &["init"]).code, 0);
    let planned = plan(folder.path(), "HEAD");
    assert_eq!(planned.code, 2, "{}", planned.stderr);
    assert!(planned.stderr.contains("has no specs, so everything is new"), "{}", planned.stderr);
    assert!(
        planned.stdout.contains("`Environment/production`: the environment is new"),
        "{}",
        planned.stdout
    );
}

#[test]
fn what_a_hook_says_of_another_repository_does_not_mislead() {
    let (folder, other) = (repository(), repository());
    edit(folder.path(), SPEC, "target: 95%", "target: 80%");
    let mut command = Command::new(env!("CARGO_BIN_EXE_genkai"));
    let command = command.current_dir(folder.path()).args(["plan", "--base", "HEAD"]);
    let planned = run(command.env("GIT_DIR", other.path().join(".git")).env("GIT_INDEX_FILE", "none"));
    assert_eq!(planned.code, 2, "{}", planned.stderr);
}

#[test]
fn specs_in_a_submodule_cannot_be_read_and_a_project_in_one_can() {
    let (inner, outer) = (repository(), repository());
    let shared = tempfile::tempdir().unwrap();
    git(shared.path(), &["init", "-q"]);
    git(shared.path(), &["commit", "-q", "--allow-empty", "-m", "nothing"]);
    git(outer.path(), &["submodule", "-q", "add", shared.path().to_str().unwrap(), "slo-specs/shared"]);
    commit(outer.path());
    let planned = plan(outer.path(), "HEAD");
    assert!(planned.stderr.contains("`slo-specs/shared` is a submodule"), "{}", planned.stderr);

    git(outer.path(), &["submodule", "-q", "add", inner.path().to_str().unwrap(), "inner"]);
    let inside = outer.path().join("inner");
    edit(&inside, SPEC, "target: 95%", "target: 80%");
    let planned = plan(&inside, "HEAD");
    assert_eq!(planned.code, 2, "{}", planned.stderr);
}

#[cfg(unix)]
#[test]
fn links_and_paths_that_are_not_utf_8_are_read_as_on_disk() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = repository();
    let specs = folder.path().join("slo-specs");
    fs::create_dir_all(folder.path().join("elsewhere")).unwrap();
    fs::rename(folder.path().join(SPEC), folder.path().join("elsewhere/report.yaml")).unwrap();
    std::os::unix::fs::symlink("../elsewhere/report.yaml", folder.path().join(SPEC)).unwrap();
    let strange = specs.join(OsStr::from_bytes(b"caf\xe9"));
    if fs::create_dir(&strange).is_ok() {
        let calendar = "apiVersion: genkai.dev/v1\nkind: Calendar\nmetadata: {name: weekdays}\nspec: {from: 2026-01-01, through: 2027-12-31, weekend: [sunday]}\n";
        fs::write(strange.join("days.yaml"), calendar).unwrap();
    }
    commit(folder.path());
    let same = plan(folder.path(), "HEAD");
    assert_eq!(same.code, 0, "{}{}", same.stdout, same.stderr);
    edit(folder.path(), "elsewhere/report.yaml", "target: 95%", "target: 80%");
    assert_eq!(plan(folder.path(), "HEAD").code, 2);
}

#[test]
fn a_base_that_does_not_compile_is_told_and_the_change_too() {
    let folder = repository();
    let folder = folder.path();
    edit(folder, SPEC, "target: 95%", "targt: 95%");
    commit(folder);
    edit(folder, SPEC, "targt: 95%", "target: 80%");
    let planned = plan(folder, "HEAD");
    assert_eq!(planned.code, 2, "{}", planned.stderr);
    assert!(planned.stderr.contains("note: the base does not compile"), "{}", planned.stderr);
    assert!(planned.stdout.contains("Not compared: `DagSlo/daily-report`"), "{}", planned.stdout);
    // And a change that does not compile is an error, whatever it is compared with.
    edit(folder, SPEC, "target: 80%", "targt: 80%");
    let broken = plan(folder, "HEAD~1");
    assert_eq!((broken.code, broken.stdout.as_str()), (1, ""));
}

#[test]
fn the_policy_of_the_base_ends_with_4_until_somebody_agrees() {
    let folder = repository();
    let folder = folder.path();
    edit(folder, "slo-specs/project.yaml", "spec:\n", "spec:\n  review: {failOn: [weakerObjective]}\n");
    commit(folder);
    edit(folder, SPEC, "target: 95%", "target: 80%");
    let planned = plan(folder, "HEAD");
    assert_eq!(planned.code, 4, "{}", planned.stderr);
    assert!(planned.stdout.contains("The review policy is violated"), "{}", planned.stdout);
    let agreed = genkai(folder, &["plan", "--base", "HEAD", "--acknowledge", "weakerObjective"]);
    assert_eq!(agreed.code, 2, "{}", agreed.stdout);
}

#[test]
fn validate_with_a_base_warns_only_of_what_changed() {
    let folder = repository();
    let folder = folder.path();
    let unused = |name: &str| {
        format!(
            "apiVersion: genkai.dev/v1\nkind: DagSlo\nmetadata: {{name: {name}}}\nspec:\n  dag: {name}\n  schedule: {{cron: \"0 4 * * *\"}}\n  objectives: {{success: {{target: 99%}}}}\n"
        )
    };
    fs::write(folder.join("slo-specs/old.yaml"), unused("old")).unwrap();
    commit(folder);
    let all = genkai(folder, &["validate"]);
    assert!(all.stderr.contains("slo-specs/old.yaml"), "{}", all.stderr);
    fs::write(folder.join("slo-specs/new.yaml"), unused("new")).unwrap();
    let some = genkai(folder, &["validate", "--base", "HEAD"]);
    assert_eq!(some.code, 0);
    assert!(
        some.stderr.contains("slo-specs/new.yaml") && !some.stderr.contains("slo-specs/old.yaml"),
        "{}",
        some.stderr
    );
    // A document that goes breaks another one, which did not change.
    fs::write(folder.join("slo-specs/days.yaml"), "apiVersion: genkai.dev/v1\nkind: Calendar\nmetadata: {name: weekdays}\nspec: {from: 2026-01-01, through: 2099-12-31, weekend: [sunday]}\n").unwrap();
    edit(folder, "slo-specs/old.yaml", "\"0 4 * * *\"", "\"0 4 * * *\", calendar: weekdays");
    commit(folder);
    fs::remove_file(folder.join("slo-specs/days.yaml")).unwrap();
    let broken = genkai(folder, &["validate", "--base", "HEAD"]);
    assert_eq!(broken.code, 1);
    assert!(broken.stderr.contains("slo-specs/old.yaml"), "{}", broken.stderr);
}
