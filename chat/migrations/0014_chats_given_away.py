"""Finds the chats that an agent has handed over (LC-34)."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0013_live_chats_by_their_end'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='timelineentry',
            index=models.Index(condition=models.Q(('kind__in', ['transfer', 'agent_lost'])), fields=['agent', 'live_chat'], name='timeline_given_away'),
        ),
    ]
