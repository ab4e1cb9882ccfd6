"""What the fields of what happened are called in the admin; no column changes."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0014_chats_given_away'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='conversation',
            name='closed_at',
            field=models.DateTimeField(null=True, verbose_name='closed'),
        ),
        migrations.AlterField(
            model_name='conversation',
            name='completed_at',
            field=models.DateTimeField(null=True, verbose_name='gone through'),
        ),
        migrations.AlterField(
            model_name='conversation',
            name='engaged_at',
            field=models.DateTimeField(null=True, verbose_name='first answered'),
        ),
        migrations.AlterField(
            model_name='conversation',
            name='is_open',
            field=models.BooleanField(default=True, verbose_name='open'),
        ),
        migrations.AlterField(
            model_name='conversation',
            name='last_seq',
            field=models.PositiveIntegerField(default=0, verbose_name='messages'),
        ),
        migrations.AlterField(
            model_name='conversation',
            name='page_title',
            field=models.CharField(blank=True, max_length=300, verbose_name='title of the page'),
        ),
        migrations.AlterField(
            model_name='conversation',
            name='page_url',
            field=models.CharField(blank=True, max_length=2000, verbose_name='page'),
        ),
        migrations.AlterField(
            model_name='conversation',
            name='public_id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='conversation',
            name='referrer',
            field=models.CharField(blank=True, max_length=2000, verbose_name='came from'),
        ),
        migrations.AlterField(
            model_name='conversation',
            name='triggered_at',
            field=models.DateTimeField(verbose_name='shown'),
        ),
        migrations.AlterField(
            model_name='conversation',
            name='visitor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='conversations', to='chat.visitor', verbose_name='visitor'),
        ),
        migrations.AlterField(
            model_name='dialogueversion',
            name='dialogue',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='chat.dialogue', verbose_name='dialogue'),
        ),
        migrations.AlterField(
            model_name='dialogueversion',
            name='number',
            field=models.PositiveIntegerField(verbose_name='version'),
        ),
        migrations.AlterField(
            model_name='dialogueversion',
            name='published_at',
            field=models.DateTimeField(verbose_name='published'),
        ),
        migrations.AlterField(
            model_name='dialogueversion',
            name='published_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='published by'),
        ),
        migrations.AlterField(
            model_name='livechat',
            name='accepted_at',
            field=models.DateTimeField(null=True, verbose_name='accepted'),
        ),
        migrations.AlterField(
            model_name='livechat',
            name='agent',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='live_chats', to=settings.AUTH_USER_MODEL, verbose_name='agent'),
        ),
        migrations.AlterField(
            model_name='livechat',
            name='end_reason',
            field=models.CharField(blank=True, choices=[('agent', 'Ended by the agent'), ('visitor', 'Ended by the visitor'), ('idle', 'Nobody wrote'), ('agent_gone', 'The agent left and nobody could take over'), ('cancelled', 'The visitor stopped waiting'), ('contact', 'The visitor left an address'), ('no_agent', 'Nobody could take it'), ('not_accepted', 'Nobody accepted in time'), ('no_rule', 'No rule matched'), ('limit', 'The engagement limit is reached'), ('blocked', 'Blocked e-mail domain')], max_length=14, verbose_name='why it ended'),
        ),
        migrations.AlterField(
            model_name='livechat',
            name='ended_at',
            field=models.DateTimeField(null=True, verbose_name='ended'),
        ),
        migrations.AlterField(
            model_name='livechat',
            name='requested_at',
            field=models.DateTimeField(verbose_name='asked for'),
        ),
        migrations.AlterField(
            model_name='livechat',
            name='status',
            field=models.CharField(choices=[('requested', 'Looking for an agent'), ('offered', 'Waiting for an agent'), ('active', 'Active'), ('ended', 'Ended'), ('fallback', 'Missed'), ('abandoned', 'Abandoned')], default='requested', max_length=10, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='timelineentry',
            name='agent',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='agent'),
        ),
        migrations.AlterField(
            model_name='timelineentry',
            name='at',
            field=models.DateTimeField(verbose_name='time'),
        ),
        migrations.AlterField(
            model_name='timelineentry',
            name='kind',
            field=models.CharField(choices=[('requested', 'Visitor asked for a human'), ('routed', 'Routing decided'), ('offered', 'Offered'), ('shown', 'Banner on screen'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('expired', 'Not accepted in time'), ('undelivered', 'Reached nobody'), ('withdrawn', 'Withdrawn'), ('fallback', 'Fallback message'), ('cancelled', 'Visitor stopped waiting'), ('transfer', 'Transfer begun'), ('transferred', 'Transferred'), ('transfer_off', 'Transfer came to nothing'), ('agent_lost', 'Agent lost'), ('idle_warned', 'Idle warning'), ('read', 'Read'), ('dropped', 'Connection lost'), ('left', 'Page closed'), ('reconnected', 'Back again'), ('ended', 'Ended')], max_length=12, verbose_name='what happened'),
        ),
        migrations.AlterField(
            model_name='timelineentry',
            name='live_chat',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='timeline', to='chat.livechat', verbose_name='live chat'),
        ),
    ]
