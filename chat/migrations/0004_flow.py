"""Flows as pages of their own in the admin; no table of theirs."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("chat", "0003_signed_visitors_and_addresses_left")]

    operations = [
        migrations.CreateModel(
            name="Flow",
            fields=[],
            options={
                "verbose_name": "conversational flow",
                "verbose_name_plural": "conversational flows",
                "ordering": ["name"],
                "default_permissions": (),
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("chat.dialogue",),
        ),
    ]
