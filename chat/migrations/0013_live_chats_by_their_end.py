"""Page through past chats without sorting all of them for each page (LC-37, LC-38)."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0012_reads_and_lines_on_the_timeline"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="livechat",
            index=models.Index(
                fields=["agent", "status", "-ended_at", "-id"], name="live_chat_of_agent_by_end"
            ),
        ),
        migrations.AddIndex(
            model_name="livechat",
            index=models.Index(fields=["status", "-ended_at", "-id"], name="live_chat_by_end"),
        ),
        # The new one begins with the agent too, and nothing is listed by when it was accepted.
        migrations.RemoveIndex(model_name="livechat", name="live_chat_of_agent"),
    ]
