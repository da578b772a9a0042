"""The steps of the release workflow, run as scripts, with stand-ins for the programs that would publish something."""

import os
import re
import shutil
import tempfile
import unittest
import zipfile
from pathlib import Path

from stage import GENKAI, PATH, ROOT, VERSION, Case, load, offline, run, wheelhouse

TARGET = "x86_64-unknown-linux-gnu"


class Release(Case):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="genkai-release-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.checkout = self.folder / "checkout"
        files = ["Cargo.toml", "CHANGELOG.md", "README.md", "LICENSE-MIT", "LICENSE-APACHE", "Dockerfile", "action.yml"]
        self.checkout.mkdir()
        for name in files:
            shutil.copy(ROOT / name, self.checkout)
        shutil.copytree(ROOT / "ci", self.checkout / "ci")
        (self.folder / "programs").mkdir()
        (self.workflow,) = load(".github/workflows/release.yml")

    def stand_in(self, *programs):
        """Programs that write down how they are called, and what they read."""
        for program in programs:
            path = self.folder / "programs" / program
            path.write_text(f'#!/bin/sh\necho "{program} $*" >> "{self.folder}/calls"\n[ -t 0 ] || cat > /dev/null\n')
            path.chmod(0o755)

    def calls(self):
        return (self.folder / "calls").read_text().splitlines()

    def step(self, job, name, code=0, **matrix):
        """Runs a step of a job, as for one row of its matrix."""
        (step,) = [step for step in self.workflow["jobs"][job]["steps"] if step.get("name") == name]
        values = {"matrix." + key: value for key, value in matrix.items()} | {"github.token": "the-token"}
        env = {
            "PATH": f"{self.folder / 'programs'}{os.pathsep}{PATH}",
            "GITHUB_ACTOR": "somebody",
            "GITHUB_REF_NAME": f"v{VERSION}",
            "GITHUB_REPOSITORY": "team/genkai",
            "RUNNER_TEMP": str(self.folder),
            **offline(),
        }
        for variable, value in step.get("env", {}).items():
            env[variable] = re.sub(r"\$\{\{ ([a-z.]+) \}\}", lambda found: values[found[1]], value)
        script = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"])
        return run(*script, cwd=self.checkout, env=env, code=code, stdin="")

    def test_a_tag_must_name_the_version_of_every_file_and_of_the_changelog(self):
        changelog = self.checkout / "CHANGELOG.md"
        written = changelog.read_text()
        changelog.write_text(re.sub(rf"(?m)^## {re.escape(VERSION)}.*$", "## 0.0.0", written))
        name = "Compare the tag with the versions in the files"
        self.assertIn("no section", self.step("version", name, code=1))
        changelog.write_text(f"# Changelog\n\n## Unreleased\n\n## {VERSION}, 2027-01-01\n\n- First.\n\n## 0.0.1\n\n- Old.\n")
        self.step("version", name)
        self.assertEqual((self.checkout / "notes.md").read_text().strip(), "- First.")
        action = self.checkout / "action.yml"
        action.write_text(action.read_text().replace(f'default: "{VERSION}"', 'default: "0.0.9"'))
        self.assertIn("action.yml", self.step("version", name, code=1))
        cargo = self.checkout / "Cargo.toml"
        cargo.write_text(cargo.read_text().replace(f'version = "{VERSION}"', 'version = "9.9.9"', 1))
        self.assertIn("Cargo.toml says 9.9.9", self.step("version", name, code=1))

    def pack(self, target):
        program = self.checkout / "target" / target / "release/genkai"
        program.parent.mkdir(parents=True)
        os.symlink(GENKAI, program)
        self.step("build", "Pack the archive", target=target)
        return self.checkout / f"dist/genkai-{target}.tar.gz"

    def test_an_archive_has_the_program_its_licences_and_completions(self):
        unpacked = self.folder / "unpacked"
        unpacked.mkdir()
        run("tar", "-xzf", str(self.pack(TARGET)), cwd=unpacked)
        found = sorted(str(path.relative_to(unpacked / f"genkai-{TARGET}")) for path in unpacked.rglob("*") if path.is_file())
        shells = [f"completions/genkai.{shell}" for shell in ("bash", "elvish", "fish", "powershell", "zsh")]
        self.assertEqual(found, ["CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "README.md", *shells, "genkai"])
        home = unpacked / f"genkai-{TARGET}"
        self.assertIn(VERSION, run(str(home / "genkai"), "--version", cwd=home))
        for shell in shells:
            self.assertIn("validate", (home / shell).read_text())
        # Where `cargo binstall` looks for it.
        cargo = (ROOT / "Cargo.toml").read_text()
        address = re.search(r'pkg-url = "(.+)"', cargo)[1]
        self.assertTrue(address.endswith("/v{ version }/genkai-{ target }{ archive-suffix }"), address)
        self.assertIn('bin-dir = "genkai-{ target }/{ bin }{ binary-ext }"', cargo)

    def test_a_wheel_is_tried(self):
        shutil.copytree(wheelhouse(), self.checkout / "dist")
        shutil.copytree(ROOT / "slo-specs", self.checkout / "slo-specs")
        self.assertIn("out of date", self.step("build", "Try the wheel", code=2))

    def test_sums_and_the_bill_of_materials_are_those_of_the_files(self):
        dist = self.checkout / "dist"
        dist.mkdir()
        wheel = dist / f"genkai_slo-{VERSION}-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"
        with zipfile.ZipFile(wheel, "w") as parts:
            parts.writestr(f"genkai_slo-{VERSION}.dist-info/sboms/genkai.cyclonedx.json", '{"bomFormat": "CycloneDX"}')
        (dist / "genkai-a.tar.gz").write_text("a")
        self.step("github", "Take out the SBOM and sum up")
        self.assertEqual((dist / "genkai.cyclonedx.json").read_text(), '{"bomFormat": "CycloneDX"}')
        checked = run("sha256sum", "--check", "SHA256SUMS", cwd=dist)
        self.assertEqual(sorted(checked.split()[::2]), sorted(f"{path.name}:" for path in dist.iterdir() if path.name != "SHA256SUMS"))
        self.step("pypi", "Leave the wheels only")
        self.assertEqual([path.name for path in dist.iterdir()], [wheel.name])

    def test_the_image_is_built_from_the_archive_and_published_after_it_ran(self):
        self.stand_in("docker")
        target = "x86_64-unknown-linux-musl"
        (self.checkout / "built").mkdir()
        self.pack(target).rename(self.checkout / "built" / f"genkai-{target}.tar.gz")
        self.step("image", "Build and push", architecture="amd64", target=target)
        source = re.search(r"COPY \S+ (\S+) ", (ROOT / "Dockerfile").read_text())[1].replace("${TARGETARCH}", "amd64")
        self.assertTrue((self.checkout / source).is_file(), source)
        self.assertIn(f"!{source.replace('amd64', '*')}", (ROOT / ".dockerignore").read_text().split())
        verbs = [call.split()[1] for call in self.calls()]
        self.assertEqual(verbs, ["build", "run", "login", "push"])
        self.assertEqual(self.calls()[-1], f"docker push ghcr.io/team/genkai:{VERSION}-amd64")
        self.assertNotIn("the-token", "".join(self.calls()))

    def test_the_release_and_the_joined_image_have_the_version(self):
        self.stand_in("docker", "gh")
        (self.checkout / "dist").mkdir()
        (self.checkout / "dist/a.whl").touch()
        self.step("github", "Make the release")
        self.step("github", "Join the images")
        image = f"ghcr.io/team/genkai:{VERSION}"
        self.assertEqual(
            self.calls(),
            [
                f"gh release create v{VERSION} --repo team/genkai --verify-tag --notes-file notes.md dist/a.whl",
                "docker login ghcr.io --username somebody --password-stdin",
                f"docker buildx imagetools create --tag {image} {image}-amd64 {image}-arm64",
            ],
        )

    def test_each_platform_of_the_docs_is_built(self):
        built = {row["target"] for row in self.workflow["jobs"]["build"]["strategy"]["matrix"]["include"]}
        systems = ("unknown-linux-gnu", "unknown-linux-musl", "apple-darwin")
        asked = {f"{machine}-{system}" for machine in ("x86_64", "aarch64") for system in systems}
        self.assertEqual(built, asked | {"x86_64-pc-windows-msvc"})


if __name__ == "__main__":
    unittest.main()
