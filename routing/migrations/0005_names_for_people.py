"""What the fields of what happened are called in the admin; no column changes."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agents', '0007_availability_set_by_others'),
        ('chat', '0015_names_for_people'),
        ('routing', '0004_offers_and_decisions_by_time'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='decision',
            name='live_chat',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='decisions', to='chat.livechat', verbose_name='live chat'),
        ),
        migrations.AlterField(
            model_name='decision',
            name='made_at',
            field=models.DateTimeField(verbose_name='decided'),
        ),
        migrations.AlterField(
            model_name='decision',
            name='outcome',
            field=models.CharField(choices=[('offered', 'Offered'), ('fallback', 'Fallback')], max_length=10, verbose_name='outcome'),
        ),
        migrations.AlterField(
            model_name='decision',
            name='reason',
            field=models.CharField(blank=True, max_length=20, verbose_name='reason'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='agent',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offers', to=settings.AUTH_USER_MODEL, verbose_name='agent'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='attempt',
            field=models.PositiveSmallIntegerField(verbose_name='attempt'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='decline_reason',
            field=models.CharField(blank=True, max_length=200, verbose_name='reason given'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='expires_at',
            field=models.DateTimeField(verbose_name='open until'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='live_chat',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='offers', to='chat.livechat', verbose_name='live chat'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='offered_at',
            field=models.DateTimeField(verbose_name='offered'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='outcome',
            field=models.CharField(blank=True, max_length=20, verbose_name='what became of it'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='settled_at',
            field=models.DateTimeField(null=True, verbose_name='settled'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='shown_at',
            field=models.DateTimeField(null=True, verbose_name='seen'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='status',
            field=models.CharField(choices=[('pending', 'Waiting for the agent'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('expired', 'Not accepted in time'), ('undelivered', 'Reached nobody'), ('withdrawn', 'Withdrawn')], default='pending', max_length=11, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='via',
            field=models.CharField(max_length=20, verbose_name='asked through'),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='sender',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transfers', to=settings.AUTH_USER_MODEL, verbose_name='from'),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='started_at',
            field=models.DateTimeField(verbose_name='started'),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='status',
            field=models.CharField(choices=[('pending', 'Waiting for a colleague'), ('accepted', 'Handed over'), ('failed', 'Nobody took it'), ('withdrawn', 'Withdrawn')], default='pending', max_length=9, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='team',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='agents.team', verbose_name='team'),
        ),
    ]
