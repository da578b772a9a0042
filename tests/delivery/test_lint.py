"""Workflows, the action, scripts and the Dockerfile have no finding of the linters of their field."""

import os
import re
import tempfile
import unittest
from pathlib import Path

from stage import QUIET, ROOT, Case, load, run

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


def documented(info):
    """The block of docs/ci.md with this info string."""
    return re.search(rf"```{re.escape(info)}\n(.+?)```", (ROOT / "docs/ci.md").read_text(), re.DOTALL)[1]


def audit(folder, *paths):
    """zizmor with all of its audits, also those for whoever looks for trouble; offline, as tests have no network."""
    run("zizmor", "--offline", "--no-progress", "--persona", "auditor", *paths, cwd=folder, env={**os.environ, **QUIET})


class Lint(Case):
    def test_workflows_are_understood(self):
        run("actionlint", *map(str, WORKFLOWS), cwd=ROOT)

    def test_workflows_and_the_action_are_safe(self):
        audit(ROOT, ".github", "action.yml")

    def test_the_workflow_of_the_docs_is_understood_and_safe(self):
        with tempfile.TemporaryDirectory() as folder:
            workflow = Path(folder) / ".github/workflows/genkai.yml"
            workflow.parent.mkdir(parents=True)
            text = documented("yaml .github/workflows/genkai.yml")
            # As its comment asks.
            workflow.write_text(re.sub(r"genkai@(v\S+) # .*", rf"genkai@{'0123' * 10} # \1", text))
            audit(folder, ".github/workflows")
            run("git", "init", "--quiet", cwd=folder)
            run("actionlint", cwd=folder)

    def test_actions_are_pinned_by_their_commits(self):
        for path in WORKFLOWS:
            for uses in re.findall(r"uses: (.+)", path.read_text()):
                self.assertRegex(uses, r"^(\$/\.|\S+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$", path.name)

    def test_nothing_is_interpolated_into_a_script(self):
        for path in WORKFLOWS:
            (workflow,) = load(path.relative_to(ROOT))
            for job in workflow["jobs"].values():
                for step in job["steps"]:
                    self.assertNotIn("${{", step.get("run", ""), f"{path.name}: {step}")

    def test_scripts(self):
        scripts = [ROOT / ".ci/run", *sorted((ROOT / "ci").rglob("*.sh"))]
        run("shellcheck", *map(str, scripts), cwd=ROOT)
        with tempfile.TemporaryDirectory() as folder:
            (job,) = load("ci/gitlab/genkai.yml")[1].values()
            script = Path(folder) / "script.sh"
            script.write_text("#!/bin/sh -e\n" + "\n".join(job["script"]))
            run("shellcheck", str(script), cwd=ROOT)

    def test_what_other_programs_read_is_of_their_form(self):
        self.form("github-actions", ROOT / "action.yml")
        self.form("dependabot", ROOT / ".github/dependabot.yml")
        run("pre-commit", "validate-manifest", ".pre-commit-hooks.yaml", cwd=ROOT)
        with tempfile.TemporaryDirectory() as folder:
            job = Path(folder) / "job.yml"
            # The schema knows what stands below the inputs.
            job.write_text((ROOT / "ci/gitlab/genkai.yml").read_text().split("\n---\n")[1])
            self.form("gitlab-ci", job, "--data-transform", "gitlab-ci")

    def form(self, schema, path, *more):
        run("check-jsonschema", "--builtin-schema", f"vendor.{schema}", *more, str(path), cwd=ROOT)

    def test_the_image(self):
        run("hadolint", "Dockerfile", cwd=ROOT)

    def test_the_docs_list_the_inputs_and_outputs(self):
        (action,) = load("action.yml")
        job = load("ci/gitlab/genkai.yml")[0]["spec"]

        def inputs(of):
            shown = {name: i["default"] and f"`{i['default']}`" for name, i in of.items()}
            rows = (f"| `{name}` | {shown[name]} | {i['description']} |\n" for name, i in of.items())
            return "| input | default | meaning |\n|---|---|---|\n" + "".join(rows)

        tables = {
            "inputs of the action": inputs(action["inputs"]),
            "outputs of the action": "| output | meaning |\n|---|---|\n"
            + "".join(f"| `{name}` | {of['description']} |\n" for name, of in action["outputs"].items()),
            "inputs of the job": inputs(job["inputs"]),
        }
        path = ROOT / "docs/ci.md"
        written = current = path.read_text(encoding="utf-8")
        for name, table in tables.items():
            block = re.compile(rf"(?<=<!-- {name} -->\n).*?(?=<!-- end -->)", re.DOTALL)
            self.assertTrue(block.search(current), name)
            current = block.sub(lambda _, table=table: table, current)
        if "UPDATE_DOCS" in os.environ:
            path.write_text(current, encoding="utf-8")
        else:
            self.assertEqual(written, current, "run `UPDATE_DOCS=1 cargo test --test oracles delivery::`")


if __name__ == "__main__":
    unittest.main()
