"""Reviews a change in GitHub Actions: the worker behind action.yml, in Python's standard library.

Nothing that a pull request may choose (names of branches and labels, paths, texts of specs) is ever part of a shell command,
and what Genkai prints of it is kept from the runner, which would obey lines such as `::add-mask::`.
"""

import base64
import functools
import gzip
import json
import os
import re
import secrets
import subprocess
import sys
import urllib.error
import urllib.request
import venv
from pathlib import Path

MARKER = "<!-- genkai-plan -->"
SOMETHING, VIOLATED = 2, 4  # exit codes of Genkai


def setting(name):
    return os.environ.get(f"GENKAI_{name}", "")


def say(level, text):
    """An annotation; the runner decodes what is escaped here."""
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    print(f"::{level} title=Genkai::{escaped}", flush=True)


def append(variable, text):
    """Adds to one of the files by which a step speaks to the runner."""
    if path := os.environ.get(variable):
        with open(path, "a", encoding="utf-8", newline="\n") as file:
            file.write(text)


def output(name, value):
    end = secrets.token_hex(16)
    append("GITHUB_OUTPUT", f"{name}<<{end}\n{value}\n{end}\n")


@functools.cache
def program():
    """Genkai: the wheel of the version asked for, in an environment of its own, or what is on the PATH."""
    version = setting("VERSION")
    if not version:
        return "genkai"
    folder = Path(os.environ["RUNNER_TEMP"]) / f"genkai-{version}"
    venv.create(folder, with_pip=True)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]
    subprocess.run([programs / "python", *install, f"genkai-slo=={version}"], check=True)
    return programs / "genkai"


def genkai(command, *arguments):
    """Runs Genkai; its stderr goes to the log, where it is no command to the runner."""
    call = [program(), command, "--directory", setting("DIRECTORY") or ".", *arguments]
    done = subprocess.run(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", check=False)
    if done.stderr:
        end = secrets.token_hex(16)
        print(f"::stop-commands::{end}\n{done.stderr.rstrip()}\n::{end}::", flush=True)
    return done.returncode, done.stdout


def call(method, path, body=None):
    """Asks GitHub's API; `path` may be a whole address of it. Returns the answer and the address of its next page."""
    root = os.environ["GITHUB_API_URL"]
    request = urllib.request.Request(
        path if path.startswith(f"{root}/") else f"{root}/repos/{os.environ['GITHUB_REPOSITORY']}/{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {setting('TOKEN')}", "Accept": "application/vnd.github+json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        following = re.search(r'<([^>]+)>; rel="next"', answer.headers.get("Link") or "")
        return json.load(answer), following and following.group(1)


def pages(path):
    while path:
        items, path = call("GET", path)
        yield from items


def pull_request(event):
    """The number of the pull request, also in a merge queue, whose branch ends in `pr-NUMBER-COMMIT`."""
    if "pull_request" in event:
        return event["pull_request"]["number"]
    queued = re.search(r"/pr-(\d+)-[0-9a-f]+$", event.get("merge_group", {}).get("head_ref", ""))
    return int(queued.group(1)) if queued else None


def base(event):
    """What to compare with, or nothing, as after a push."""
    if setting("BASE"):
        return setting("BASE")
    if "pull_request" in event:
        return f"origin/{event['pull_request']['base']['ref']}"
    return event.get("merge_group", {}).get("base_sha", "")


def labels(number):
    """The labels that the pull request has now: the event tells those of its time, also when a job is run again."""
    return [label["name"] for label in pages(f"issues/{number}/labels?per_page=100")]


def comment(number, text, news):
    """Keeps one comment, told from those of other projects by its last line, and from other people's by its author."""
    project = f"<!-- genkai-project: {setting('DIRECTORY') or '.'} -->"
    body = f"{text.rstrip()}\n{project}\n"
    for found in pages(f"issues/{number}/comments?per_page=100"):
        mine = found["user"]["login"] == setting("COMMENT_AUTHOR")
        if mine and found["body"].startswith(MARKER) and found["body"].rstrip().endswith(project):
            call("PATCH", f"issues/comments/{found['id']}", {"body": body})
            return
    if news:
        call("POST", f"issues/{number}/comments", {"body": body})


def upload(sarif):
    """Hands the changes to code scanning, which shows them at the lines of the pull request."""
    report = json.loads(sarif)
    # Projects of one repository are categories of their own, or the last would replace the others.
    for run in report["runs"]:
        run["automationDetails"] = {"id": f"genkai/{setting('DIRECTORY') or '.'}/"}
    packed = base64.b64encode(gzip.compress(json.dumps(report).encode())).decode()
    at = {"commit_sha": os.environ["GITHUB_SHA"], "ref": os.environ["GITHUB_REF"]}
    call("POST", "code-scanning/sarifs", {**at, "sarif": packed, "tool_name": "genkai"})


def tell(what, act, *arguments):
    """Does what a token may be refused, as that of a fork's pull request is: then the job goes on and says so."""
    try:
        return act(*arguments)
    except (urllib.error.URLError, TimeoutError) as error:
        say("warning", f"{what}: {error}")
        return None


def review():
    event = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))
    code, annotations = genkai("generate", "--check", "--format", "github")
    print(annotations, end="", flush=True)
    failures = ["`generated/` is not what the specs say"] if code == SOMETHING else []
    output("current", "true" if code == 0 else "false")
    if code not in (0, SOMETHING):
        return ["the specs have errors"]
    if not base(event):
        return failures

    number = pull_request(event)
    seen = number and tell("no labels could be read", labels, number) or []
    output("labels", json.dumps(seen))
    # `--name=value`, so that no value is taken for an option.
    asked = [f"--base={base(event)}", *(f"--label={label}" for label in seen)]
    asked += [f"--acknowledge={setting('ACKNOWLEDGE')}"] if setting("ACKNOWLEDGE") else []
    code, text = genkai("plan", *asked, "--format", "markdown")
    if code not in (0, SOMETHING, VIOLATED):
        return [*failures, "there is no plan"]
    append("GITHUB_STEP_SUMMARY", text)
    output("plan", {0: "none", SOMETHING: "changes", VIOLATED: "violation"}[code])
    path = Path(os.environ["RUNNER_TEMP"]) / "genkai-plan.json"
    path.write_text(genkai("plan", *asked, "--format", "json")[1], encoding="utf-8")
    output("plan-json", path)
    if setting("COMMENT") == "true" and "pull_request" in event:
        tell("the comment could not be written; the summary of the job has the plan", comment, number, text, code != 0)
    if setting("SARIF") == "true":
        tell("the changes could not be uploaded", upload, genkai("plan", *asked, "--format", "sarif")[1])
    return failures + (["the change violates the review policy"] if code == VIOLATED else [])


if __name__ == "__main__":
    problems = review()
    for problem in problems:
        say("error", problem)
    sys.exit(1 if problems else 0)
