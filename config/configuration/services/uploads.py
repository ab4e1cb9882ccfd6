"""Files that wait for the yes of whoever has uploaded them."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from agents.models import User
from config.configuration.models import Upload

KEPT_FOR = timedelta(hours=1)


@transaction.atomic
def keep_upload(*, user: User, name: str, content: bytes, prune: bool, now: datetime) -> Upload:
    """Keep a file until its import is confirmed, at most for an hour; of each person the newest (LC-60)."""
    Upload.objects.filter(Q(user=user) | Q(uploaded_at__lte=now - KEPT_FOR)).delete()
    return Upload.objects.create(user=user, name=name[:200], content=content, prune=prune, uploaded_at=now)


def find_upload(*, user: User, public_id: UUID, now: datetime) -> Upload | None:
    """Return a person's own file, if it is still kept."""
    kept = Upload.objects.filter(user=user, uploaded_at__gt=now - KEPT_FOR)
    return kept.filter(public_id=public_id).first()


def forget_uploads(*, now: datetime | None = None) -> int:
    """Delete the files whose hour is over, and return how many: nobody may ever upload another (LC-60)."""
    return Upload.objects.filter(uploaded_at__lte=(now or timezone.now()) - KEPT_FOR).delete()[0]
