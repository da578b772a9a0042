"""Builds the site of the docs: `python ci/site/build.py FOLDER` writes FOLDER/site. A link that leads nowhere is an error.

The README is the first page, and what lies outside docs/ is shown by the repository.
"""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "ci/site/zensical.toml"
REPOSITORY = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["project"]["repo_url"]
LINK = re.compile(r"\]\(([^)#:]+)(#[^)]*)?\)")


def page(source, at):
    """The text of a page, its links made for its place in the site; what is not there is left for Zensical to report."""

    def link(found):
        path = (source.parent / found[1]).resolve()
        if not path.exists():
            return found[0]
        if path.is_relative_to(ROOT / "docs") and path.suffix == ".md":
            target = path.relative_to(ROOT / "docs")
            return f"]({'../' * (len(at.parts) - 1)}{target}{found[2] or ''})"
        return f"]({REPOSITORY}/blob/main/{path.relative_to(ROOT)}{found[2] or ''})"

    return LINK.sub(link, source.read_text(encoding="utf-8"))


def documented():
    yield Path("index.md"), ROOT / "README.md"
    for source in sorted((ROOT / "docs").rglob("*.md")):
        yield source.relative_to(ROOT / "docs"), source


def main(folder, pages):
    shutil.rmtree(folder, ignore_errors=True)
    for at, source in pages:
        path = folder / "docs" / at
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page(source, at), encoding="utf-8")
    shutil.copy(CONFIG, folder)
    shutil.copy(ROOT / "llms.txt", folder / "docs")
    zensical = Path(sys.executable).with_name("zensical")
    return subprocess.run([zensical, "build", "--strict"], cwd=folder, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), documented()))
