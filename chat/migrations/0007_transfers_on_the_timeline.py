"""The timeline has transfers (LC-57). Nothing changes in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chat", "0006_dialogues_in_visitors_languages")]

    operations = [
        migrations.AlterField(
            model_name="timelineentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("requested", "Visitor asked for a human"),
                    ("routed", "Routing decided"),
                    ("offered", "Offered"),
                    ("shown", "Banner on screen"),
                    ("accepted", "Accepted"),
                    ("declined", "Declined"),
                    ("expired", "Not accepted in time"),
                    ("undelivered", "Reached nobody"),
                    ("withdrawn", "Withdrawn"),
                    ("fallback", "Fallback message"),
                    ("cancelled", "Visitor stopped waiting"),
                    ("transfer", "Transfer begun"),
                    ("transferred", "Transferred"),
                    ("transfer_off", "Transfer came to nothing"),
                    ("agent_lost", "Agent lost"),
                    ("idle_warned", "Idle warning"),
                    ("ended", "Ended"),
                ],
                max_length=12,
            ),
        ),
    ]
