"""What is kept of sign-ins."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axes.models import AccessLog
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from agents.services.sign_ins import clear_expired_sign_ins


@pytest.mark.django_db
def test_ended_sessions_and_old_records_go_and_the_others_stay() -> None:
    now = timezone.now()
    for key, days in (("ended", -1), ("running", 1)):
        Session.objects.create(
            session_key=key, session_data=SessionStore().encode({}), expire_date=now + timedelta(days=days)
        )
    for username, days in (("old", 91), ("new", 89)):
        log = AccessLog.objects.create(username=username)
        AccessLog.objects.filter(pk=log.pk).update(attempt_time=now - timedelta(days=days))
    clear_expired_sign_ins()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["running"]
    assert list(AccessLog.objects.values_list("username", flat=True)) == ["new"]
