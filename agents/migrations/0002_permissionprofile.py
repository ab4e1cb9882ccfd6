import django.contrib.auth.models
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("agents", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="PermissionProfile",
            fields=[],
            options={
                "verbose_name": "permission profile",
                "verbose_name_plural": "permission profiles",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("auth.group",),
            managers=[("objects", django.contrib.auth.models.GroupManager())],
        ),
    ]
