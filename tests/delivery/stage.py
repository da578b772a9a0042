"""What the tests of the delivery share: a project under git, a wheel, and stand-ins for the APIs of GitHub and GitLab."""

import functools
import http.server
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.parse
import zipfile
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
GENKAI = os.environ["GENKAI"]
VERSION = re.search(r'^version = "(.+)"$', (ROOT / "Cargo.toml").read_text(), re.MULTILINE).group(1)
# Programs beside this Python (pre-commit, zizmor, shellcheck ...) and of the system, and nobody's own settings.
PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
QUIET = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "PATH": PATH}


def run(*command, cwd, env=None, code=0, stdin=None):
    """Runs a program and returns what it prints; `code` is how it must end."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env=env or {**os.environ, **QUIET},
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != code:
        raise AssertionError(f"{command} ended with {done.returncode}, not {code}:\n{done.stdout}")
    return done.stdout


@functools.cache
def wheelhouse():
    """A folder with a wheel like that of a release: its program runs the one that the tests built."""
    folder = Path(tempfile.mkdtemp(prefix="genkai-wheels-"))
    info = f"genkai_slo-{VERSION}.dist-info"
    files = {
        f"genkai_slo-{VERSION}.data/scripts/genkai": f'#!/bin/sh\nexec "{GENKAI}" "$@"\n',
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: genkai-slo\nVersion: {VERSION}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(folder / f"genkai_slo-{VERSION}-py3-none-any.whl", "w") as wheel:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o100755 << 16
            wheel.writestr(entry, text)
        wheel.writestr(f"{info}/RECORD", "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"]))
    return folder


@functools.cache
def installed():
    """A folder whose `genkai` is the program that the tests built."""
    folder = Path(tempfile.mkdtemp(prefix="genkai-path-"))
    os.symlink(GENKAI, folder / "genkai")
    return folder


def offline():
    """How pip finds the wheel, and asks nobody else."""
    return {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheelhouse())}


class Project:
    """A clone of a repository whose main branch holds a small project, with a branch checked out to change."""

    POLICY = "  review:\n    labels: {slo-approved: [weakerObjective]}\n"

    def __init__(self, case, directory="."):
        folder = tempfile.TemporaryDirectory(prefix="genkai-project-")
        case.addCleanup(folder.cleanup)
        origin = Path(folder.name) / "origin"
        self.path = Path(folder.name) / "clone"
        origin.mkdir()
        run("git", "init", "--quiet", "--initial-branch=main", cwd=origin)
        (origin / directory).mkdir(exist_ok=True)
        run(GENKAI, "init", "--directory", directory, cwd=origin)
        with (origin / directory / "slo-specs/project.yaml").open("a", encoding="utf-8") as project:
            project.write(self.POLICY)
        run(GENKAI, "generate", "--directory", directory, cwd=origin)
        self.commit("A project", origin)
        run("git", "clone", "--quiet", str(origin), str(self.path), cwd=folder.name)
        run("git", "switch", "--quiet", "--create", "change", cwd=self.path)
        self.spec = self.path / directory / "slo-specs/daily-report.yaml"
        self.directory = directory

    def commit(self, message, where=None):
        where = where or self.path
        run("git", "add", "--all", cwd=where)
        run("git", "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", message, cwd=where)

    def head(self, revision="HEAD"):
        return run("git", "rev-parse", revision, cwd=self.path).strip()

    def change(self, old, new, generate=True):
        """Replaces a text in the spec, generates, and commits."""
        text = self.spec.read_text(encoding="utf-8")
        assert old in text, text
        self.spec.write_text(text.replace(old, new), encoding="utf-8")
        if generate:
            run(GENKAI, "generate", "--directory", self.directory, cwd=self.path)
        self.commit("A change")


class Forge(http.server.ThreadingHTTPServer):
    """A stand-in for an API: `answer(method, path, query, fields)` returns a status, a value, and perhaps headers."""

    PAGE = 100

    def __init__(self, case):
        super().__init__(("127.0.0.1", 0), Handler)
        self.calls, self.comments, self.refuses = [], [], set()
        self.address = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()
        case.addCleanup(self.server_close)
        case.addCleanup(self.shutdown)

    def writes(self):
        return [call for call in self.calls if call[0] != "GET"]

    def page(self, items, query):
        """The items of a page, and whether another follows."""
        number = int(query.get("page", "1"))
        return items[(number - 1) * self.PAGE : number * self.PAGE], number * self.PAGE < len(items) and number + 1


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self):
        address = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(address.query))
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        form = "form" in self.headers.get("Content-Type", "") and not body.startswith("{")
        fields = dict(urllib.parse.parse_qsl(body)) if form else json.loads(body or "null")
        self.server.calls.append((self.command, address.path, fields))
        if self.command in self.server.refuses:
            status, value, headers = 403, {"message": "Resource not accessible by integration"}, {}
        else:
            status, value, headers = self.server.answer(self.command, address.path, query, fields, self.headers)
        text = json.dumps(value).encode()
        self.send_response(status)
        for name, header in headers.items():
            self.send_header(name, header)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_PATCH = answer

    def log_message(self, *_):
        pass


def load(path):
    """The documents of a YAML file of this repository."""
    return list(yaml.safe_load_all((ROOT / path).read_text(encoding="utf-8")))


class Case(unittest.TestCase):
    maxDiff = None
