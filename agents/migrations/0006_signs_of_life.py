"""When an agent's page was last heard of, and whether it was closed."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agents', '0005_shortcuts'),
    ]

    operations = [
        migrations.AddField(
            model_name='presence',
            name='said_goodbye',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='presence',
            name='seen_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='presence',
            name='since',
            field=models.DateTimeField(null=True),
        ),
    ]
