"""When Airflow's own timetables start runs: 100 schedules in 20 time zones, most with a calendar, over two years.

Run once for a version, in an environment of its own, with the versions that Airflow's constraints name:

    pip install apache-airflow==2.11.0 --constraint \\
        https://raw.githubusercontent.com/apache/airflow/constraints-2.11.0/constraints-3.11.txt
    PYTHONTZPATH= python timetables.py > timetables.json

(Its timetables need little of it: where that file is out of reach, `pip install --no-deps apache-airflow==2.11.0`, croniter
6.0.0, pendulum 3, sqlalchemy below 2, and what an import then asks for, will do.
The variable makes Python read the time zones of the package tzdata, as they stand in jiff's database of the same version.)

Each schedule has a cron expression, a zone, the days that are closed (what a calendar is to Airflow is its user's own, so they
are only taken away), a deadline and a number of starts that make a row. Of it stands here how many starts there are, and the
beginning of the SHA-256 of a line for each: the start, the instant of its deadline, and the start of a row that ends with it,
in seconds of the epoch. `tests/croniter.rs` comes to the same with nothing of this.
"""

import datetime as dt
import hashlib
import json
import random
import sys
from importlib.metadata import version
from zoneinfo import ZoneInfo

import pendulum
from airflow.timetables.base import DataInterval, TimeRestriction
from airflow.timetables.trigger import CronTriggerTimetable

ZONES = (
    "UTC Asia/Tokyo Asia/Kolkata Asia/Kathmandu Asia/Shanghai Asia/Tehran Africa/Cairo Africa/Casablanca America/New_York"
    " America/Los_Angeles America/Sao_Paulo America/St_Johns America/Santiago America/Havana Australia/Lord_Howe"
    " Australia/Sydney Europe/Berlin Europe/London Europe/Dublin Pacific/Auckland"
).split()
FIRST, LAST = dt.date(2026, 1, 1), dt.date(2027, 12, 31)


def cron(chance):
    minute = chance.choice(["0", "30", "15", "7", "59"])
    hour = chance.choice(["0", "1", "2", "3", "4", "6", "12", "23"])
    hours = chance.choice(["*", "*/2", "*/6", "1-5", "2,14", "0,1,2,3", "9-17", "22,2"])
    weekdays = chance.choice(["1-5", "mon", "0", "6,0", "2,4", "5"])
    days = chance.choice(["1", "15", "L", "1,15", "28", "31", "1-7"])
    month = chance.choice(["1,4,7,10", "*/2", "3,10", "*/3"])
    return chance.choice([
        f"{minute} {hour} * * *", f"{minute} {hour} * * *", f"{minute} {hours} * * *", f"{minute},45 {hours} * * *",
        f"{minute} {hour} * * {weekdays}", f"{minute} {hours} * * {weekdays}", f"{minute} {hour} {days} * *",
        f"{minute} {hour} {days} {month} *", "@hourly", "*/20 * * * *", "@daily", "@weekly", "@monthly",
    ])


def day_after(day, days):
    return day + dt.timedelta(days=days)


def schedule(chance, zone):
    closed = {"weekend": [], "days": []}
    if chance.random() < 0.7:
        closed["weekend"] = chance.choice([[], [6, 7], [6, 7], [5, 6], [7]])
        for _ in range(chance.randint(1, 12)):
            first = day_after(FIRST, chance.randrange((LAST - FIRST).days))
            last = min(LAST, day_after(first, chance.choice([0, 0, 0, 1, 4, 9])))
            closed["days"].append([str(first), str(last)])
    deadline = chance.choice([{"within": chance.choice([1_200, 3_600, 10_800, 93_600])}, {"by": chance.choice([150, 390, 720, 1_425, 1_620])}])
    return {"cron": cron(chance), "zone": zone, "closed": closed, "deadline": deadline, "row": chance.randint(1, 10)}


def starts(cron, zone):
    timetable = CronTriggerTimetable(cron, timezone=zone)
    earliest = pendulum.datetime(2025, 12, 1)
    restriction = TimeRestriction(earliest=earliest, latest=None, catchup=True)
    last, end = None, dt.datetime(2028, 1, 3, tzinfo=dt.timezone.utc)
    while (info := timetable.next_dagrun_info(last_automated_data_interval=last, restriction=restriction)) is not None:
        if info.logical_date > end:
            break
        yield int(info.logical_date.timestamp())
        last = DataInterval.exact(info.logical_date)


def is_open(start, zone, closed):
    day = dt.datetime.fromtimestamp(start, zone).date()
    among = any(first <= str(day) <= last for first, last in closed["days"])
    return FIRST <= day <= LAST and not among and day.isoweekday() not in closed["weekend"]


def missed(start, zone, deadline):
    if "within" in deadline:
        return start + deadline["within"]
    day = dt.datetime.fromtimestamp(start, zone).date()
    shown = dt.datetime(day.year, day.month, day.day) + dt.timedelta(minutes=deadline["by"])
    return int(shown.replace(tzinfo=zone).timestamp())


def reading(one):
    zone = ZoneInfo(one["zone"])
    due = [start for start in starts(one["cron"], one["zone"]) if is_open(start, zone, one["closed"])]
    before = one["row"] - 1
    rows = [due[index - before] if index >= before else 0 for index in range(len(due))]
    lines = [f"{start} {missed(start, zone, one['deadline'])} {row}" for start, row in zip(due, rows)]
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]
    return {**one, "starts": len(due), "digest": digest}


chance = random.Random(2026)
readings = [reading(schedule(chance, ZONES[index % len(ZONES)])) for index in range(100)]
versions = {name: version(name) for name in ("apache-airflow", "croniter", "pendulum", "tzdata")}
text = ",\n".join(json.dumps(one) for one in readings)
sys.stdout.write(f'{{"versions": {json.dumps(versions)}, "schedules": [\n{text}\n]}}\n')
