"""The hooks, run by pre-commit itself."""

import tempfile
import os
import re
import shutil
import unittest
from pathlib import Path

import yaml
from stage import PATH, QUIET, ROOT, VERSION, Case, Project, installed, run, wheelhouse


class Hooks(Case):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="genkai-hooks-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.project = Project(self)

    def configure(self, *repositories):
        path = self.project.path / ".pre-commit-config.yaml"
        path.write_text(yaml.safe_dump({"repos": list(repositories)}))
        run("git", "add", path.name, cwd=self.project.path)

    def hooks(self, code=0):
        env = {**os.environ, **QUIET, "PRE_COMMIT_HOME": str(self.folder / "home"), "PIP_FIND_LINKS": str(wheelhouse())}
        env["PATH"] = f"{installed()}{os.pathsep}{PATH}"
        return run("pre-commit", "run", "--all-files", "--verbose", cwd=self.project.path, env=env, code=code)

    def test_the_hooks_of_the_repository_pass_fail_and_write(self):
        # Only what pre-commit reads of the repository, at a commit of its own.
        hooks = self.folder / "hooks"
        hooks.mkdir()
        shutil.copy(ROOT / ".pre-commit-hooks.yaml", hooks)
        run("git", "init", "--quiet", cwd=hooks)
        self.project.commit("The hooks", hooks)
        revision = run("git", "rev-parse", "HEAD", cwd=hooks).strip()
        names = [{"id": name} for name in ("genkai-validate", "genkai-check", "genkai-generate")]
        self.configure({"repo": str(hooks), "rev": revision, "hooks": names})
        self.assertEqual(self.hooks().count("Passed"), 3)

        self.project.change("95%", "97%", generate=False)
        log = self.hooks(code=1)
        self.assertRegex(log, r"genkai validate\.+Passed")
        self.assertRegex(log, r"genkai generate --check\.+Failed")
        self.assertRegex(log, r"genkai generate\.+Failed(.|\n)*files were modified by this hook")
        run("git", "add", "--all", cwd=self.project.path)
        self.assertEqual(self.hooks().count("Passed"), 3)

        self.project.change("97%", "197%", generate=False)
        self.assertRegex(self.hooks(code=1), r"genkai validate\.+Failed(.|\n)*GK")

    def test_the_lines_of_the_docs_install_the_wheel(self):
        lines = re.search(r"```yaml \.pre-commit-config\.yaml\n(.+?)```", (ROOT / "docs/ci.md").read_text(), re.DOTALL)
        (local,) = yaml.safe_load(lines[1])["repos"]
        self.assertEqual(local["hooks"][0]["additional_dependencies"], [f"genkai-slo=={VERSION}"])
        self.configure(local)
        self.assertEqual(self.hooks().count("Passed"), len(local["hooks"]))


if __name__ == "__main__":
    unittest.main()
