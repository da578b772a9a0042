"""The action, its steps run as scripts, against a stand-in for GitHub's API."""

import base64
import gzip
import json
import os
import re
import tempfile
import unittest
from pathlib import Path

from stage import PATH, QUIET, ROOT, VERSION, Case, Forge, Project, installed, load, offline, run

BOT = {"login": "github-actions[bot]"}


class GitHub(Forge):
    labels = ()

    def answer(self, method, path, query, fields, headers):
        if headers["Authorization"] != "Bearer the-token":
            return 401, {"message": "Bad credentials"}, {}
        path = path.removeprefix("/repos/team/data/")
        if method == "GET" and path == "issues/42/labels":
            return 200, [{"name": name} for name in self.labels], {}
        if method == "GET" and path == "issues/42/comments":
            items, following = self.page(self.comments, query)
            link = f'<{self.address}/repos/team/data/{path}?per_page=100&page={following}>; rel="next"'
            return 200, items, {"Link": link} if following else {}
        if method == "POST" and path == "issues/42/comments":
            self.comments.append({"id": len(self.comments) + 1, "user": BOT, "body": fields["body"]})
            return 201, self.comments[-1], {}
        if method == "PATCH" and path.startswith("issues/comments/"):
            self.comments[int(path.rsplit("/", 1)[1]) - 1]["body"] = fields["body"]
            return 200, {}, {}
        if method == "POST" and path == "code-scanning/sarifs":
            return 202, {}, {}
        return 404, {"message": "Not Found"}, {}


class Action(Case):
    def setUp(self):
        self.forge = GitHub(self)
        (self.action,) = load("action.yml")

    def pull_request(self, **more):
        return {"pull_request": {"number": 42, "base": {"ref": "main"}, **more}}

    def act(self, project, event, code=0, **inputs):
        """Runs the action's steps; returns its log and its outputs."""
        given = {name: of.get("default", "") for name, of in self.action["inputs"].items()}
        given |= {"token": "the-token", "version": ""} | {name.replace("_", "-"): value for name, value in inputs.items()}
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            (folder / "event.json").write_text(json.dumps(event))
            env = {
                **QUIET,
                **offline(),
                "PATH": f"{installed()}{os.pathsep}{PATH}",
                "GITHUB_ACTION_PATH": str(ROOT),
                "GITHUB_API_URL": self.forge.address,
                "GITHUB_EVENT_PATH": str(folder / "event.json"),
                "GITHUB_OUTPUT": str(folder / "output"),
                "GITHUB_REF": "refs/pull/42/merge",
                "GITHUB_REPOSITORY": "team/data",
                "GITHUB_SHA": project.head(),
                "GITHUB_STEP_SUMMARY": str(folder / "summary"),
                "RUNNER_TEMP": str(folder),
            }
            log = ""
            for step in self.action["runs"]["steps"]:
                self.assertNotIn("${{", step["run"], "what is interpolated into a script may become a command")
                values = {
                    name: re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda found: given[found[1]], value)
                    for name, value in step["env"].items()
                }
                script = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"])
                log += run(*script, cwd=project.path, env=env | values, code=code)
            written = (folder / "output").read_text()
            outputs = dict(re.findall(r"^([a-z-]+)<<(?:\w+)\n(.*)\n", written, re.MULTILINE))
            if "plan-json" in outputs:
                outputs["plan-json"] = json.loads(Path(outputs["plan-json"]).read_text())
            self.summary = (folder / "summary").read_text() if (folder / "summary").exists() else ""
        return log, outputs

    def test_a_pull_request_gets_one_comment_that_is_kept_up_to_date(self):
        project = Project(self)
        project.change("95%", "97%")
        _, outputs = self.act(project, self.pull_request())
        self.assertEqual([call[0] for call in self.forge.writes()], ["POST"])
        self.assertEqual((outputs["current"], outputs["plan"], outputs["labels"]), ("true", "changes", "[]"))
        self.assertIn("strongerObjective", {change["kind"] for change in outputs["plan-json"]["changes"]})
        self.assertIn("`95%` → `97%`", self.forge.comments[0]["body"])
        self.assertIn("`95%` → `97%`", self.summary)
        project.change("97%", "96%")
        self.act(project, self.pull_request())
        self.assertEqual([call[0] for call in self.forge.writes()], ["POST", "PATCH"])
        self.assertEqual(len(self.forge.comments), 1)
        self.assertIn("`95%` → `96%`", self.forge.comments[0]["body"])
        # What is taken back is said in the comment that told it.
        project.change("96%", "95%")
        _, outputs = self.act(project, self.pull_request())
        self.assertEqual(outputs["plan"], "none")
        self.assertIn("no change", self.forge.comments[0]["body"])

    def test_nothing_is_said_of_a_change_that_changes_nothing(self):
        project = Project(self)
        _, outputs = self.act(project, self.pull_request())
        self.assertEqual((outputs["current"], outputs["plan"]), ("true", "none"))
        self.assertEqual(self.forge.writes(), [])

    def test_the_comment_of_another_person_or_project_is_left_alone(self):
        project = Project(self, directory="monitoring")
        project.change("95%", "97%")
        forged = "<!-- genkai-plan -->\nAll is well.\n<!-- genkai-project: monitoring -->"
        other = "<!-- genkai-plan -->\nOther.\n<!-- genkai-project: elsewhere -->"
        self.forge.comments = [{"id": 1, "user": {"login": "mallory"}, "body": forged}]
        self.forge.comments += [{"id": 2, "user": BOT, "body": other}]
        # The own comment is on the second page.
        self.forge.comments += [{"id": n, "user": {"login": "x"}, "body": "talk"} for n in range(3, 151)]
        for _ in range(2):
            self.act(project, self.pull_request(), directory="monitoring")
        self.assertEqual([call[0] for call in self.forge.writes()], ["POST", "PATCH"])
        self.assertEqual((self.forge.comments[0]["body"], self.forge.comments[1]["body"]), (forged, other))
        self.assertEqual(len(self.forge.comments), 151)

    def test_generated_files_that_are_stale_fail_the_job(self):
        project = Project(self)
        project.change("95%", "97%", generate=False)
        log, outputs = self.act(project, self.pull_request(), code=1)
        self.assertEqual((outputs["current"], outputs["plan"]), ("false", "changes"))
        self.assertRegex(log, r"(?m)^::error file=generated/.*,title=stale output::")
        self.assertEqual(len(self.forge.comments), 1)

    def test_specs_with_errors_fail_the_job_at_their_lines(self):
        project = Project(self)
        project.change("95%", "195%", generate=False)
        log, outputs = self.act(project, self.pull_request(), code=1)
        self.assertRegex(log, r"(?m)^::error file=slo-specs/daily-report.yaml,line=\d+")
        self.assertEqual(outputs, {"current": "false"})
        self.assertEqual(self.forge.writes(), [])

    def test_the_review_policy_holds_until_the_label_is_there(self):
        project = Project(self)
        project.change("95%", "90%")
        # The event tells the labels of its time: a job that is run again sees those of now.
        event = self.pull_request(labels=[{"name": "slo-approved"}])
        log, outputs = self.act(project, event, code=1)
        self.assertEqual((outputs["plan"], outputs["labels"]), ("violation", "[]"))
        self.assertIn("violates the review policy", log)
        self.forge.labels = ("slo-approved",)
        _, outputs = self.act(project, event)
        self.assertEqual((outputs["plan"], outputs["labels"]), ("changes", '["slo-approved"]'))

    def test_a_merge_queue_is_compared_with_its_base_and_judged_by_the_labels_of_its_pull_request(self):
        project = Project(self)
        project.change("95%", "90%")
        group = {"base_sha": project.head("origin/main"), "head_ref": f"refs/heads/gh-readonly-queue/main/pr-42-{'a' * 40}"}
        _, outputs = self.act(project, {"merge_group": group}, code=1)
        self.assertEqual(outputs["plan"], "violation")
        self.forge.labels = ("slo-approved",)
        _, outputs = self.act(project, {"merge_group": group})
        self.assertEqual(outputs["plan"], "changes")
        self.assertEqual(self.forge.writes(), [])

    def test_a_push_is_checked_and_compared_with_nothing(self):
        project = Project(self)
        _, outputs = self.act(project, {"before": "0" * 40})
        self.assertEqual(outputs, {"current": "true"})
        self.assertEqual(self.forge.calls, [])

    def test_a_token_that_may_only_read_costs_the_comment_and_not_the_job(self):
        project = Project(self)
        project.change("95%", "97%")
        self.forge.refuses = {"POST"}
        log, outputs = self.act(project, self.pull_request(), sarif="true")
        self.assertEqual(outputs["plan"], "changes")
        self.assertEqual(len(re.findall(r"(?m)^::warning title=Genkai::.*403", log)), 2)
        self.assertIn("`95%` → `97%`", self.summary)

    def test_changes_are_uploaded_to_code_scanning(self):
        project = Project(self)
        project.change("95%", "97%")
        self.act(project, self.pull_request(), sarif="true", comment="false")
        ((method, path, fields),) = self.forge.writes()
        self.assertEqual((method, path), ("POST", "/repos/team/data/code-scanning/sarifs"))
        self.assertEqual((fields["commit_sha"], fields["ref"]), (project.head(), "refs/pull/42/merge"))
        report = json.loads(gzip.decompress(base64.b64decode(fields["sarif"])))
        self.assertEqual(report["version"], "2.1.0")
        self.assertIn("strongerObjective", {result["ruleId"] for result in report["runs"][0]["results"]})

    def test_a_hostile_pull_request_runs_no_command(self):
        project = Project(self)
        evil = '"; touch pwned; $(touch pwned) `touch pwned` --format=json'
        display = "Daily report\\n::add-mask::report\\n##[add-mask]report $(touch pwned)"
        project.change("displayName: Daily report", f'displayName: "{display}"', generate=False)
        project.spec.rename(project.spec.with_name("$(touch pwned)\n::add-mask::a.yaml"))
        project.commit("Another name")
        self.forge.labels = (evil, "::stop-commands::x")
        event = self.pull_request(title=evil, head={"ref": "$(touch${IFS}pwned)"}, body="::add-mask::b")
        log, _ = self.act(project, event, code=1)
        self.assertEqual(list(project.path.rglob("pwned")), [])
        heard, deaf = [], None
        for line in log.splitlines():
            if deaf:
                deaf = None if line == f"::{deaf}::" else deaf
            elif line.startswith("::stop-commands::"):
                deaf = line.removeprefix("::stop-commands::")
            elif "::" in line or "##[" in line:
                heard.append(line)
        commands = {line.split()[0] for line in heard}
        self.assertLessEqual(commands, {"::error", "::warning"}, heard)

    def test_a_version_is_installed_from_its_wheel(self):
        self.assertEqual(self.action["inputs"]["version"]["default"], VERSION)
        _, outputs = self.act(Project(self), self.pull_request(), version=VERSION)
        self.assertEqual(outputs["plan"], "none")


if __name__ == "__main__":
    unittest.main()
