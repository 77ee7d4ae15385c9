# SPDX-FileCopyrightText: The Dwell authors
# SPDX-License-Identifier: Apache-2.0
"""The sample lender alive (data/record/stage), with Dwell's programs watching its network.

All of it is in network namespaces of the test's own, the programs on the servers' host; what is
started is ended by process id.
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
RECORD = os.path.join(SOURCE, "data", "record")
SAMPLE = os.path.join(SOURCE, "data", "sample")
USER = "nobody"  # what the programs become

sys.path.insert(0, os.path.join(SOURCE, "tests", "support"))

# Told to end, a test still ends what it started.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

# Leaks are looked for by tracing, which the programs' sandbox forbids; unit tests look for them.
os.environ["ASAN_OPTIONS"] = "detect_leaks=0:" + os.environ.get("ASAN_OPTIONS", "")


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def need_root():
    if os.geteuid() != 0:
        skip("network namespaces and capturing need root")


class Checks:
    """Says what was checked; at the end the exit code."""

    def __init__(self):
        self.failed, self.started = [], time.monotonic()

    def check(self, what, good, detail=""):
        print(f"{time.monotonic() - self.started:6.1f} s  {'ok  ' if good else 'FAIL'}  {what}"
              + (f": {detail}" if detail and not good else ""), flush=True)
        if not good:
            self.failed.append(what)
        return good

    def equal(self, what, got, want):
        return self.check(what, got == want, f"{want!r} expected, {got!r} found")

    def code(self):
        print(f"{len(self.failed)} of the checks failed" if self.failed else "all checks passed")
        return 1 if self.failed else 0


def wait_until(condition, seconds, step=0.1):
    """The condition's first true value within the time, else its last."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value or time.monotonic() > end:
            return value
        time.sleep(step)


class Folder:
    """Settings, key, directory and state of one installation."""

    def __init__(self, build, settings=""):
        self.build = os.path.abspath(build)
        self.path = tempfile.mkdtemp(prefix="dwell-system.")
        os.chmod(self.path, 0o755)
        for part in ("dwell.yaml", "site.key"):
            shutil.copy(os.path.join(SAMPLE, part), self.path)
        shutil.copytree(os.path.join(SAMPLE, "directory"), os.path.join(self.path, "directory"))
        os.chmod(self.file("site.key"), 0o640)
        self.state = self.file("state")
        os.mkdir(self.state)
        with open(self.config, "a", encoding="utf-8") as file:
            file.write(settings)
        self.give_away()

    def file(self, name):
        return os.path.join(self.path, name)

    @property
    def config(self):
        return self.file("dwell.yaml")

    def program(self, name):
        folder = {"dwell": "cli", "dwell-web": "web"}.get(name, name.removeprefix("dwell-"))
        return os.path.join(self.build, folder, name)

    def give_away(self):
        subprocess.run(["chown", "-R", USER, self.state, self.file("site.key")], check=True)

    def dwell(self, *arguments, check=True):
        """`dwell ARGUMENT...`, its JSON lines."""
        run = subprocess.run([self.program("dwell"), *arguments], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, timeout=120, check=False)
        if check and run.returncode != 0:
            raise RuntimeError(f"dwell {' '.join(arguments)}: exit {run.returncode}: {run.stderr.decode()}")
        return [json.loads(line) for line in run.stdout.decode("utf-8").splitlines() if line]

    def archived(self, *arguments):
        return self.dwell("events", "--state", self.state, "--json", *arguments)

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)


class Program:
    """One running program; what it says is in a file."""

    def __init__(self, command, log):
        self.log = log
        with open(log, "ab") as out:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def wait_for(self, text, seconds=20):
        wait_until(lambda: text in self.said() or self.process.poll() is not None, seconds)
        if text not in self.said():
            raise RuntimeError(f"{os.path.basename(self.log)}: no {text!r} in: {self.said()}")

    def stop(self, number=signal.SIGTERM, seconds=20):
        """Ends it; gives the exit code, None where it had to be killed."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None


class Lender:
    """Servers, staff and, in `programs`, what was started beside them."""

    def __init__(self):
        self.work = tempfile.mkdtemp(prefix="dwell-lender.")
        os.chmod(self.work, 0o755)
        self.dir = os.path.join(self.work, "stage")
        self.programs = []

    def __enter__(self):
        run = subprocess.run([os.path.join(RECORD, "stage"), "up", self.dir], stderr=subprocess.PIPE,
                             timeout=120, check=False)
        if run.returncode != 0:
            shutil.rmtree(self.work, ignore_errors=True)
            skip("the sample lender's servers could not be started: " + run.stderr.decode().strip())
        return self

    def __exit__(self, *_):
        for program in reversed(self.programs):
            program.stop()
        subprocess.run([os.path.join(RECORD, "stage"), "down", self.dir], timeout=120, check=False)
        shutil.rmtree(self.work, ignore_errors=True)

    def at(self, who, *command):
        """The command line that runs at an employee's workstation, or on the servers' host."""
        return [os.path.join(RECORD, "stage"), "as", self.dir, who, *command]

    def start(self, name, *command):
        program = Program(self.at("servers", *command), os.path.join(self.work, name + ".log"))
        self.programs.append(program)
        return program

    def scene(self, name):
        """Plays a scene; gives what the servers logged since the start, as truth."""
        import compare
        counts = os.path.join(self.work, name + ".counts")
        with open(counts, "wb") as out:
            subprocess.run([os.path.join(RECORD, "scenes", name), self.dir], stdout=out, timeout=120, check=True)
        return lambda: self.truth(compare, name, counts)

    def truth(self, compare, name, counts):
        subprocess.run([os.path.join(RECORD, "logs"), self.dir, name, self.work, counts], timeout=60, check=True)
        return compare.lines(os.path.join(self.work, name + ".truth.jsonl"))

    def browse(self, who, user, *steps):
        subprocess.run(self.at(who, "node", os.path.join(RECORD, "clients", "browse.mjs"),
                               "http://10.31.0.10:8080", user, *steps), timeout=120, check=True)
