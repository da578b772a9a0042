"""The job for GitLab, its script run in a shell, against a stand-in for GitLab's API."""

import os
import re
import unittest

from stage import PATH, VERSION, Case, Forge, Project, installed, load, offline, run

ME, MALLORY = {"id": 7}, {"id": 8}


class GitLab(Forge):
    def answer(self, method, path, query, fields, headers):
        if headers["PRIVATE-TOKEN"] != "the-token":
            return 401, {"message": "401 Unauthorized"}, {}
        notes = "/api/v4/projects/5/merge_requests/42/notes"
        if method == "GET" and path == "/api/v4/user":
            return 200, ME, {}
        if method == "GET" and path == notes:
            items, following = self.page(self.comments, query)
            return 200, items, {"X-Next-Page": str(following or "")}
        if method == "POST" and path == notes:
            self.comments.append({"id": len(self.comments) + 1, "author": ME, "body": fields["body"]})
            return 201, self.comments[-1], {}
        if method == "PUT" and path.startswith(f"{notes}/"):
            self.comments[int(path.rsplit("/", 1)[1]) - 1]["body"] = fields["body"]
            return 200, {}, {}
        return 404, {"message": "404 Not Found"}, {}


class Job(Case):
    @classmethod
    def setUpClass(cls):
        cls.header, cls.content = load("ci/gitlab/genkai.yml")

    def setUp(self):
        self.forge = GitLab(self)

    def execute(self, project, code=0, merge_request=True, token="the-token", labels="", install=False, **inputs):
        given = {name: of["default"] for name, of in self.header["spec"]["inputs"].items()} | inputs
        job = self.content["genkai"]
        self.assertNotIn("$[[", "".join(job["script"]), "what is interpolated into a script may become a command")
        variables = {
            name: re.sub(r"\$\[\[ inputs\.(\w+) \]\]", lambda found: given[found[1]], value)
            for name, value in job["variables"].items()
        }
        env = {"PATH": PATH, "HOME": "/nonexistent", **offline(), **variables, "CI_API_V4_URL": f"{self.forge.address}/api/v4"}
        env |= {"CI_PROJECT_ID": "5", "GENKAI_TOKEN": token, "GIT_CONFIG_NOSYSTEM": "1"}
        if merge_request:
            base = project.head("origin/main")
            env |= {"CI_MERGE_REQUEST_IID": "42", "CI_MERGE_REQUEST_DIFF_BASE_SHA": base, "CI_MERGE_REQUEST_LABELS": labels}
        if not install:
            env["PATH"] = f"{installed()}{os.pathsep}{PATH}"
        # The runner joins the lines into one script that stops at the first error; the last is the work.
        lines = job["script"] if install else job["script"][-1:]
        return run("sh", "-e", "-c", "\n".join(lines), cwd=project.path, env=env, code=code)

    def test_a_merge_request_gets_one_note_that_is_kept_up_to_date(self):
        project = Project(self)
        forged = "<!-- genkai-plan -->\nAll is well.\n<!-- genkai-project: . -->"
        self.forge.comments = [{"id": 1, "author": MALLORY, "body": forged}]
        self.forge.comments += [{"id": n, "author": MALLORY, "body": "talk"} for n in range(2, 151)]
        self.execute(project)
        self.assertEqual(self.forge.writes(), [], "nothing changes")
        project.change("95%", "97%")
        log = self.execute(project)
        self.assertIn("`95%` → `97%`", log)
        project.change("97%", "96%")
        self.execute(project)
        self.assertEqual([call[0] for call in self.forge.writes()], ["POST", "PUT"])
        self.assertEqual(len(self.forge.comments), 151)
        self.assertIn("`95%` → `96%`", self.forge.comments[-1]["body"])
        self.assertEqual(self.forge.comments[0]["body"], forged)
        project.change("96%", "95%")
        self.execute(project)
        self.assertIn("no change", self.forge.comments[-1]["body"])

    def test_stale_files_and_errors_fail_the_job(self):
        project = Project(self)
        project.change("95%", "97%", generate=False)
        self.execute(project, code=2)
        self.assertEqual(len(self.forge.comments), 1)
        project.change("97%", "197%", generate=False)
        self.execute(project, code=1)
        self.assertEqual(len(self.forge.writes()), 1)

    def test_the_review_policy_holds_until_the_label_is_there(self):
        project = Project(self)
        project.change("95%", "90%")
        self.execute(project, code=4)
        self.execute(project, labels="ops,slo-approved")

    def test_the_default_branch_is_checked_and_gets_no_note(self):
        project = Project(self)
        self.execute(project, merge_request=False)
        project.change("95%", "97%", generate=False)
        self.execute(project, merge_request=False, code=2)
        self.assertEqual(self.forge.calls, [])

    def test_a_fork_without_the_token_has_its_plan_in_the_log(self):
        project = Project(self)
        project.change("95%", "97%")
        log = self.execute(project, token="")
        self.assertIn("`95%` → `97%`", log)
        self.assertEqual(self.forge.calls, [])

    def test_a_hostile_merge_request_runs_no_command(self):
        project = Project(self)
        project.change("displayName: Daily report", 'displayName: "$(touch pwned) `touch pwned` END"')
        self.execute(project, labels='"; touch pwned; $(touch pwned) --format=json')
        self.assertEqual(list(project.path.rglob("pwned")), [])

    def test_a_version_is_installed_from_its_wheel(self):
        self.assertEqual(self.header["spec"]["inputs"]["version"]["default"], VERSION)
        project = Project(self)
        project.change("95%", "97%")
        self.execute(project, install=True)
        self.assertEqual(len(self.forge.comments), 1)


if __name__ == "__main__":
    unittest.main()
