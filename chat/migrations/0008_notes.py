"""Notes to colleagues, beside a conversation's messages."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0007_transfers_on_the_timeline"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("number", models.PositiveIntegerField()),
                ("after_seq", models.PositiveIntegerField()),
                ("author_name", models.CharField(max_length=301)),
                ("client_id", models.CharField(max_length=64)),
                ("text", models.TextField()),
                ("created_at", models.DateTimeField()),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="chat.conversation"
                    ),
                ),
            ],
            options={
                "verbose_name": "note",
                "verbose_name_plural": "notes",
                "ordering": ["conversation", "number"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("conversation", "number"), name="note_number_once"),
                    models.UniqueConstraint(
                        fields=("conversation", "author", "client_id"), name="note_client_id_once"
                    ),
                    models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="note_number_from_1"),
                ],
            },
        ),
    ]
