"""Reads, lost connections and returns on the timeline, and which visitors have the page open (LC-57)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0011_canned_replies'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='VisitorPresence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('socket_id', models.CharField(max_length=64, unique=True)),
                ('since', models.DateTimeField()),
                ('seen_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('said_goodbye', models.BooleanField(default=False)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.AlterField(
            model_name='timelineentry',
            name='kind',
            field=models.CharField(choices=[('requested', 'Visitor asked for a human'), ('routed', 'Routing decided'), ('offered', 'Offered'), ('shown', 'Banner on screen'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('expired', 'Not accepted in time'), ('undelivered', 'Reached nobody'), ('withdrawn', 'Withdrawn'), ('fallback', 'Fallback message'), ('cancelled', 'Visitor stopped waiting'), ('transfer', 'Transfer begun'), ('transferred', 'Transferred'), ('transfer_off', 'Transfer came to nothing'), ('agent_lost', 'Agent lost'), ('idle_warned', 'Idle warning'), ('read', 'Read'), ('dropped', 'Connection lost'), ('left', 'Page closed'), ('reconnected', 'Back again'), ('ended', 'Ended')], max_length=12),
        ),
        migrations.AddIndex(
            model_name='timelineentry',
            index=models.Index(condition=models.Q(('kind__in', ['read', 'dropped', 'left', 'reconnected'])), fields=['live_chat', 'agent', 'id'], name='timeline_of_party'),
        ),
        migrations.AddField(
            model_name='visitorpresence',
            name='conversation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='presences', to='chat.conversation'),
        ),
        migrations.AddIndex(
            model_name='visitorpresence',
            index=models.Index(fields=['conversation', 'expires_at'], name='presence_of_visitor'),
        ),
    ]
