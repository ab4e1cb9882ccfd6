"""The admin's own part of the audit log: what its forms add, change and delete is recorded as it is saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from config.audit.selectors import Snapshot, read_snapshot
from config.audit.services import record_change

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
else:
    _ModelAdmin = object


class RecordedAdmin(_ModelAdmin):
    """A page whose forms keep a record, in the transaction in which Django's admin saves them (S20).

    What a page does beside its form, it records itself: `config.audit.services.keep_record`.
    """

    def is_recorded(self, obj: Any) -> bool:
        """Whether this row is everybody's concern; what somebody keeps for themselves isn't."""
        return True

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        if change:
            _remember(request)[form.instance.pk] = read_snapshot(self.model, form.instance.pk, lock=True)
        return super().save_form(request, form, change)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        after = read_snapshot(self.model, obj.pk)
        self._record(request, obj, {}, after)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        before = _remember(request).pop(obj.pk, None)
        if before is not None:
            self._record(request, obj, before, read_snapshot(self.model, obj.pk))
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for obj in queryset:
            self._record(request, obj, read_snapshot(self.model, obj.pk, lock=True), {})
        return super().log_deletions(request, queryset)

    def _record(self, request: HttpRequest, obj: models.Model, before: Snapshot, after: Snapshot) -> None:
        if self.is_recorded(obj):
            record_change(
                model=self.model, pk=obj.pk, name=str(obj), before=before, after=after, by=request.user
            )


def _remember(request: HttpRequest) -> dict[Any, Snapshot]:
    """What the rows of this request were before its forms were saved."""
    kept: dict[Any, Snapshot] = request.__dict__.setdefault("recorded_before", {})
    return kept
