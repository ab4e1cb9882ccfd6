"""Which pages visitors have looked at (LC-39)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chat", "0008_notes")]

    operations = [
        migrations.CreateModel(
            name="PageView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("url", models.CharField(max_length=2000)),
                ("title", models.CharField(blank=True, max_length=300)),
                ("seen_at", models.DateTimeField()),
                (
                    "visitor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="page_views",
                        to="chat.visitor",
                    ),
                ),
            ],
            options={
                "verbose_name": "page seen",
                "verbose_name_plural": "pages seen",
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["visitor", "-seen_at"], name="page_view_of_visitor"),
                    models.Index(fields=["seen_at"], name="page_view_age"),
                ],
            },
        )
    ]
