"""Keyboard shortcuts can be switched off (LC-43)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agents", "0004_preferences")]

    operations = [
        migrations.AddField(
            model_name="preferences",
            name="shortcuts",
            field=models.BooleanField(default=True, verbose_name="keyboard shortcuts"),
        )
    ]
