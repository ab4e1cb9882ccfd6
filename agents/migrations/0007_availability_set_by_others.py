"""Who set an agent's availability, where it wasn't the agent."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agents', '0006_signs_of_life'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='override_by',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=301),
        ),
    ]
