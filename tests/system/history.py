# SPDX-FileCopyrightText: The Dwell authors
# SPDX-License-Identifier: Apache-2.0
"""Weeks of ordinary days of the sample lender's staff, as event lines for `dwell replay`.

Two collectors, a reviewer and the team lead look at their own customers in the back office; nothing
here is to be noticed, so that what happens live afterwards is.
"""
import datetime
import json
import random

ZONE = datetime.timezone(datetime.timedelta(hours=8))  # of data/sample/dwell.yaml
STAFF = {  # account: employee, workstation
    "li.wei": ("E101", "10.31.1.11"),
    "chen.fang": ("E102", "10.31.1.12"),
    "wang.jun": ("E103", "10.31.1.13"),
    "sun.lei": ("E104", "10.31.1.14"),
}


def event(moment, account, session, seq, action, **more):
    template = {"login": "/login", "view": "/crm/customer/{id}", "search": "/crm/search"}[action]
    return {
        "time": moment.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "source": {"kind": "capture", "name": "history", "sensor": "history"},
        "session": session, "seq": seq, "client": {"ip": STAFF[account][1], "port": 40000},
        "server": {"ip": "10.31.0.10", "port": 8080}, "protocol": "http", "account": account,
        "action": action, "statement": f"{'POST' if action == 'login' else 'GET'} {template}",
        "objects": [{"name": template}], "outcome": "success", "bytes": 300, "duration_us": 900, **more}


def own_customers(day, account):
    """Forty of the first 160 that nobody else has, others every week."""
    chance = random.Random(f"{day.toordinal() // 7}")
    order = chance.sample(range(1000, 1160), 160)
    first = list(STAFF).index(account) * 40
    return order[first:first + 40]


def day_of(chance, day, account):
    moment = datetime.datetime.combine(day, datetime.time(9, chance.randrange(50)), ZONE)
    session = f"history-{account}-{day}"
    yield event(moment, account, session, 1, "login")
    for seq, customer in enumerate(chance.sample(own_customers(day, account), chance.randrange(12, 20)), 2):
        moment += datetime.timedelta(seconds=chance.randrange(60, 900))
        yield event(moment, account, session, seq, "view", rows=1, subjects=1, classes={"C2": 1},
                    subject_ids=[f"customer:{customer}"])


def days(weeks):
    """Up to yesterday, in the site's time zone."""
    today = datetime.datetime.now(ZONE).date()
    return [today - datetime.timedelta(days=back) for back in range(weeks * 7, 0, -1)]


def write_assignments(path, weeks):
    with open(path, "w", encoding="utf-8") as file:
        file.write("employee,subject,from,to\n")
        for day in days(weeks):
            for account, (employee, _) in STAFF.items():
                for customer in own_customers(day, account):
                    file.write(f"{employee},customer:{customer},{day},{day}\n")


def write(path, weeks, seed):
    """Gives the number of events."""
    chance = random.Random(seed)
    events = [e for day in days(weeks) for account in STAFF for e in day_of(chance, day, account)]
    with open(path, "w", encoding="utf-8") as file:
        for line in sorted(events, key=lambda e: e["time"]):
            file.write(json.dumps(line) + "\n")
    return len(events)
