"""What agents set for themselves: name, title, time zone and weekly hours."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from agents.events import AvailabilityChanged
from agents.models import Preferences, ScheduleBlock, User
from agents.policy import Block, BlockInvalid, check_block, find_overlaps
from agents.selectors import get_schedule
from config.lib.events import publish


def save_details(*, user: User, first_name: str, last_name: str, job_title: str) -> None:
    """Set what visitors are told about this person. Chats that run keep what they show (LC-08)."""
    user.first_name, user.last_name, user.job_title = first_name, last_name, job_title
    user.save(update_fields=["first_name", "last_name", "job_title"])


@transaction.atomic
def save_hours(*, agent: User, time_zone: str, blocks: Sequence[Block]) -> None:
    """Replace an agent's time zone and weekly hours (LC-11). Repeatable.

    Raises BlockInvalid for a block that is none, or for blocks that overlap. What the agent chose by hand
    stays until its own end (LC-12).
    """
    for block in blocks:
        check_block(block)
    if find_overlaps(blocks):
        raise BlockInvalid(_("Two of these hours overlap."), field="starts")
    row = User.objects.select_for_update(no_key=True).get(pk=agent.pk)
    row.time_zone = agent.time_zone = time_zone
    row.save(update_fields=["time_zone"])
    wanted = sorted(blocks, key=lambda block: (block.weekday, block.starts))
    if wanted != get_schedule(row):
        row.schedule_blocks.all().delete()
        ScheduleBlock.objects.bulk_create(
            ScheduleBlock(agent=row, weekday=block.weekday, starts=block.starts, ends=block.ends)
            for block in wanted
        )
    publish(AvailabilityChanged(agent_id=row.pk))


def save_preferences(*, user: User, **values: str | int | bool) -> None:
    """Set how this person is told of what happens, by the fields of `Preferences` (LC-47). Repeatable."""
    Preferences.objects.update_or_create(user=user, defaults=values)
