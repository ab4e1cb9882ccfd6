"""Colleagues whom a note calls; no other table changes."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0015_names_for_people'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Mention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=301)),
                ('seen_at', models.DateTimeField(null=True)),
                ('note', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mentions', to='chat.note')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'mention',
                'verbose_name_plural': 'mentions',
                'default_permissions': (),
                'indexes': [models.Index(condition=models.Q(('seen_at__isnull', True)), fields=['person', '-note'], name='mention_unseen_of')],
                'constraints': [models.UniqueConstraint(fields=('note', 'person'), name='mention_once_per_note')],
            },
        ),
    ]
