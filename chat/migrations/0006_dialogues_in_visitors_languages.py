"""A dialogue can be written in every language that visitors have. Nothing changes in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chat", "0005_private_attachments")]

    operations = [
        migrations.AlterField(
            model_name="dialogue",
            name="language",
            field=models.CharField(
                choices=[
                    ("en", "English"),
                    ("sv", "Svenska"),
                    ("de", "Deutsch"),
                    ("fr", "Français"),
                    ("es", "Español"),
                    ("it", "Italiano"),
                    ("nl", "Nederlands"),
                    ("pt-br", "Português (Brasil)"),
                    ("ja", "日本語"),
                    ("ko", "한국어"),
                    ("zh-hans", "简体中文"),
                    ("zh-hant", "繁體中文"),
                    ("ar", "العربية"),
                ],
                default="en",
                max_length=10,
                verbose_name="language",
            ),
        ),
    ]
