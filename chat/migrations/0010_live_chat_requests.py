"""Find the live chats of a day without reading all of them (LC-38)."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0009_pages_seen"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="livechat",
            index=models.Index(fields=["requested_at"], name="live_chat_requests"),
        ),
    ]
