"""Replies that were written before: everybody's library, and everybody's own."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("chat", "0010_live_chat_requests"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CannedReply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(help_text="What agents type after “/”, for example “price-list”.", max_length=40, validators=[django.core.validators.RegexValidator("\\A[a-z0-9][a-z0-9_-]*\\Z", "Small letters from a to z, digits, - and _ only.")], verbose_name="short code")),
                ("title", models.CharField(max_length=100, verbose_name="title")),
                ("text", models.TextField(max_length=4000, verbose_name="text")),
                ("is_approved", models.BooleanField(default=False, help_text="Only approved replies are offered to all agents.", verbose_name="approved")),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                ("approved_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="approved by")),
                ("owner", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="canned_replies", to=settings.AUTH_USER_MODEL, verbose_name="owner")),
                ("proposed_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="proposed by")),
            ],
            options={
                "verbose_name": "canned reply",
                "verbose_name_plural": "canned replies",
                "ordering": ["code"],
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(condition=models.Q(("owner__isnull", True)), fields=("code",), name="canned_reply_code_once"), models.UniqueConstraint(condition=models.Q(("owner__isnull", False)), fields=("owner", "code"), name="canned_reply_code_once_per_owner")],
            },
        ),
    ]
