# SPDX-FileCopyrightText: The Dwell authors
# SPDX-License-Identifier: Apache-2.0
"""Holds events against what the servers logged (the lines of data/record/truth).

Every request of the truth must be there once, in order and under its account, with its statement,
values, rows, affected rows and error; of a page also its action, its body's bytes and exactly the
customers it showed. Nothing else may be there but what no log counts as a request: sign-outs, and
changes of database.
"""
import collections
import hashlib
import json
import os
import re

UNLOGGED = ("logout", "use")


class Comparison:
    """clear: the events have statements as sent, and values; else literals are '?'."""

    def __init__(self, sample, clear):
        self.clear = clear
        with open(os.path.join(sample, "site.key"), encoding="ascii") as file:
            self.key = bytes.fromhex(file.read().strip())
        self.right, self.wrong = 0, []

    def subject(self, customer):
        return hashlib.blake2b(b"customer\0" + str(customer).encode(), digest_size=16, key=self.key).hexdigest()

    def run(self, truth, events):
        """Both lists in any order between clients; differences go to `wrong`."""
        wants = collections.defaultdict(list)
        for want in truth:
            wants[want["client"]].append(want)
        have = by_client(events, any("#" in client for client in wants))
        for client in sorted(set(wants) | set(have)):
            requests = [parts for parts in have.get(client, []) if logged(parts)]
            if len(requests) != len(wants[client]):
                self.wrong.append(f"{client}: {len(wants[client])} requests were made, {len(requests)} are here")
            for i, (want, parts) in enumerate(zip(wants[client], requests)):
                found = [f"{client} #{i}: {what}: {said!r} in the log, {got!r} here"
                         for what, said, got in self.differences(want, parts)]
                self.wrong += found
                self.right += not found

    def differences(self, want, parts):
        first = parts[0]
        if want["kind"] == "login" and first["action"] != "login":
            yield "action", "login", first["action"]
        for key in ("account", "database", "outcome"):
            if first.get(key) != want[key]:
                yield key, want[key], first.get(key)
        yield from self.statement_differences(want, parts)
        if want["results"] and len(parts) != len(want["results"]):
            yield "results", len(want["results"]), len(parts)
        for result, part in zip(want["results"], parts):
            yield from result_differences(result, part)
        if want["kind"] == "page":
            yield from self.page_differences(want, first)

    def statement_differences(self, want, parts):
        if want["kind"] == "login":
            return
        said, got = tidy(want["statement"]), "; ".join(tidy(p.get("statement")) for p in parts)
        if not self.clear and want["kind"] == "page":
            said, got = said.split()[0], got.split()[0]  # the address is a template: `action` tells
        same = (lambda text: text.replace(" ", "")) if self.clear else bones
        if same(said) != same(got):
            yield "statement", said, got
        if self.clear and want["params"] is not None and parts[0].get("params") != want["params"]:
            yield "params", want["params"], parts[0].get("params")

    def page_differences(self, want, event):
        if want["action"] and event["action"] != want["action"]:
            yield "action", want["action"], event["action"]
        if event.get("bytes") != want["bytes"]:
            yield "bytes", want["bytes"], event.get("bytes")
        if want["status"] < 300:
            keys = sorted(self.subject(customer) for customer in want["records"])
            if sorted(event.get("subject_keys", [])) != keys:
                yield "subjects", want["records"], event.get("subjects")


def result_differences(result, part):
    for key in ("rows", "affected"):
        if result[key] is not None and part.get(key) != result[key]:
            yield key, result[key], part.get(key)
    error = part.get("error", "").split(":")[0] or None
    if error != result["error"]:
        yield "error", result["error"], error


def by_client(events, numbered):
    """Requests by client, each a list of its results; numbered: "address#N" as the truth names them."""
    sessions, count = {}, collections.Counter()
    requests = collections.defaultdict(dict)
    for event in sorted(events, key=lambda e: e["time"]):
        key = (event["client"]["ip"], event["client"]["port"])
        if key not in sessions:
            count[key[0]] += 1
            sessions[key] = f"{key[0]}#{count[key[0]]}" if numbered else f"{key[0]}:{key[1]}"
        requests[sessions[key]].setdefault((event["session"], event["seq"]), []).append(event)
    return {client: [sorted(parts, key=lambda e: e.get("part", 0)) for parts in found.values()]
            for client, found in requests.items()}


def logged(parts):
    return parts[0]["protocol"] == "http" or parts[0]["action"] not in UNLOGGED


def tidy(statement):
    return (statement or "").strip().rstrip(";").strip()


def bones(statement):
    """The words of a statement, without its literals."""
    bare = re.sub(r"'(?:[^']|'')*'|\$\$.*?\$\$", " ", statement, flags=re.S)
    return re.findall(r"[a-z_]+", bare.lower())


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]
