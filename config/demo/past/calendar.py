"""When the visitors of the last weeks came."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from random import Random

from .gap import FROM, TO, ZONE, list_gaps

DAYS = 33
# Nothing runs any more when somebody opens the demo for the first time.
QUIET = timedelta(hours=2)
# Looking for an agent takes less than this, so visitors are routed one after the other.
APART = timedelta(minutes=6)
# In the night without anybody.
IN_THE_GAP = 2
# Conversations on a day from Monday to Sunday, and the share of each hour of the shop's clock.
BY_WEEKDAY = (15, 16, 14, 14, 12, 6, 5)
BY_HOUR = (1, 1, 1, 1, 1, 1, 3, 6, 11, 16, 18, 14, 9, 13, 16, 15, 11, 8, 7, 8, 7, 5, 3, 2)


def list_arrivals(now: datetime, chance: Random) -> list[datetime]:
    """The moments at which a chat was opened, in order, the last one some time ago."""
    today = now.astimezone(ZONE).date()
    dates = [today - timedelta(days=days) for days in range(DAYS, -1, -1)]
    night = (TO.hour - FROM.hour) * 60
    drawn = [
        (begin + timedelta(minutes=chance.randrange(night))).astimezone(now.tzinfo)
        for begin in list_gaps(dates, now)
        for _visitor in range(IN_THE_GAP)
    ]
    for days, date in enumerate(dates):
        # A little more every week: the shop grows.
        usual = BY_WEEKDAY[date.weekday()] * (0.8 + 0.25 * days / DAYS)
        for _visitor in range(round(chance.gauss(usual, 1.6))):
            hour = chance.choices(range(24), BY_HOUR)[0]
            moment = datetime.combine(date, time(hour, chance.randrange(60), chance.randrange(60)), ZONE)
            drawn.append(moment.astimezone(now.tzinfo))
    return _keep_apart([moment for moment in sorted(drawn) if moment >= now - timedelta(days=DAYS)], now)


def _keep_apart(moments: list[datetime], now: datetime) -> list[datetime]:
    kept: list[datetime] = []
    for moment in moments:
        kept.append(max(moment, kept[-1] + APART) if kept else moment)
    return [moment for moment in kept if moment <= now - QUIET]
