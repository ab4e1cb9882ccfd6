"""What people send each other is kept where no address leads."""

from django.db import migrations, models

import config.lib.storage


class Migration(migrations.Migration):
    dependencies = [("chat", "0004_flow")]

    operations = [
        migrations.AlterField(
            model_name="attachment",
            name="file",
            field=models.FileField(
                max_length=200,
                storage=config.lib.storage.get_private_storage,
                upload_to="attachments/%Y/%m/",
            ),
        ),
    ]
