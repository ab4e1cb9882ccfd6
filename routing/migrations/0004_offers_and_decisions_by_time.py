"""Find the offers and decisions of some weeks without reading those of all years (LC-56)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("routing", "0003_rule_versions")]

    operations = [
        migrations.AddIndex(
            model_name="offer",
            index=models.Index(fields=["offered_at"], name="offer_times"),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(fields=["made_at"], name="decision_times"),
        ),
    ]
