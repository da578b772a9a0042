"""The site of the docs: every link leads somewhere, and the search knows every page."""

import json
import sys
import tempfile
import unittest
from pathlib import Path

from stage import ROOT, Case, run

sys.path.insert(0, str(ROOT / "ci/site"))
import build  # noqa: E402 -- it lies where the site is built


class Site(Case):
    def test_it_is_built_and_can_be_searched(self):
        with tempfile.TemporaryDirectory() as folder:
            run(sys.executable, "ci/site/build.py", f"{folder}/out", cwd=ROOT)
            site = Path(folder) / "out/site"
            searched = {item["location"].split("#")[0] for item in json.loads((site / "search.json").read_text())["items"]}
            pages = [path.relative_to(ROOT / "docs") for path in (ROOT / "docs").rglob("*.md")]
            self.assertEqual({f"{page.with_suffix('')}/" for page in pages} - searched, set())
            first = (site / "index.html").read_text()
            self.assertIn('href="first-steps/"', first)
            self.assertNotIn("fonts.googleapis", first)

    def test_a_link_that_leads_nowhere_fails(self):
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "a.md"
            source.write_text("# A\n\n[there](nowhere.md)\n")
            self.assertNotEqual(build.main(Path(folder) / "out", [(Path("index.md"), source)]), 0)


if __name__ == "__main__":
    unittest.main()
