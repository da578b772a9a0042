"""How croniter, which Airflow reads cron expressions with, reads many of them.

Versions differ, so each has a file; Airflow 2.9 came with 2.0, Airflow 2.10 with 3.0, Airflow 2.11 and 3 with 6.0:

    for version in 2.0.7 3.0.3 6.0.0 7.0.0; do
        pip install croniter==$version pytz && python readings.py > $version.json
    done

For each expression: null where croniter refuses it, else how often it runs in 2024 (a leap year), and the beginning of
the SHA-256 of these instants.
"""

import hashlib
import itertools
import json
import sys
from datetime import datetime

from croniter import CroniterBadDateError, croniter

MINUTES = "* 0 00 59 */15 5/15 0-30/10 0,30 60 */0 */61 55-5 5-5 -1 1- ,5 5, ? L a 1.5 +5 0-59/7 */60".split()
HOURS = "* 4 04 */6 22-2 0-23 24 4/6 */5 9-17 9-17/2 0,12 23-23 L ? */24".split()
DAYS = "* 1 15 31 L l 1W 15W LW L-3 1-7 */2 1,15 ? 32 0 30-2 1,L 29 1/10 */31 */32 31-31".split()
MONTHS = "* 1 JAN jan jan-mar */3 2 11-2 0 13 january 1,7 ? 2-4 */12 dec-jan".split()
WEEKDAYS = (
    "* 0 7 1 1-5 MON-FRI mon,wed sun SUN 5-7 6-1 fri-mon sat-sun */2 1#1 1#2 5#5 1#6 5L L5 L MON#1 ? 8 +1 0-7 7-1"
    " sunday mon#L 1,3#1 1#1,1#3 0,7 1/2 */7 */8 sun-sat 6-7 7,6"
).split()
# Where both restrict, some readers take either day and some only those that are both.
DAYS_BESIDE_WEEKDAYS = "* 1 1-7 */2 ? L 15W 1-31 */1".split()
WEEKDAYS_BESIDE_DAYS = "* 1 */2 1-5 ? 1#2 +1 0-6 */1 7".split()
OTHERS = [
    "0  4  * * *", "0\t4 * * *", " 0 4 * * *", "0 4 * * * ", "0 4 * *", "0 4 * * * *", "", "* * * * *",
    "@midnight", "@annually", "@hourly", "@daily", "@weekly", "@monthly", "@yearly", "@Daily", "@reboot", "@once",
    "0 0 31 1 1-5", "0 0 1 1 *", "30 4 1,15 */3 *", "*/10 8-18 * * mon-fri", "15 2,14 * * 6", "5 0 * 8 *", "0 22 * * 1-5",
    "23 0-20/2 * * *", "0 0,12 1 */2 *", "0 4 8-14 * *", "@midday", "0 4 1,1-31 * 1", "0 4 * * sun-sun", "0 4 *,5 * 1", "0 4 L-2 * *", "0 4 * * 1#1-3", "0 4 * * l5", "0 4 * * L5,L1",
    "0 4 15 * L5", "0 4 15 * 7", "0-5-9 4 * * *", "0//2 4 * * *", "*/ 4 * * *", "/5 4 * * *", "*,5 4 * * *", "**/2 4 * * *", "0 4 * * 1-5/2", "0 4 * * 5,6,0",
    "0 4 31 2 *", "0 0 29 2 *", "0 0 30 2 1", "0 0 L 2 *", "0 0 31 4,6 *", "H 4 * * *", "R 4 * * *", "0 4 * * 1 ",
]


def expressions():
    yield from (f"{minute} 4 * * *" for minute in MINUTES)
    yield from (f"0 {hour} * * *" for hour in HOURS)
    yield from (f"0 4 {day} * *" for day in DAYS)
    yield from (f"0 4 1 {month} *" for month in MONTHS)
    yield from (f"0 4 * * {weekday}" for weekday in WEEKDAYS)
    yield from (f"0 4 {day} * {weekday}" for day, weekday in itertools.product(DAYS_BESIDE_WEEKDAYS, WEEKDAYS_BESIDE_DAYS))
    yield from OTHERS


def reading(expression):
    end = datetime(2025, 1, 1)
    runs = []
    try:
        after = croniter(expression, datetime(2023, 12, 31, 23, 59, 59), ret_type=datetime, max_years_between_matches=1)
        while (run := after.get_next()) < end:
            runs.append(run.strftime("%Y-%m-%dT%H:%M:%S"))
    except CroniterBadDateError:
        pass  # No run within a year.
    except (ValueError, KeyError, AttributeError, TypeError):
        return None
    return f"{len(runs)} {hashlib.sha256(chr(10).join(runs).encode()).hexdigest()[:12]}"


json.dump({expression: reading(expression) for expression in dict.fromkeys(expressions())}, sys.stdout, indent=0)
print()
