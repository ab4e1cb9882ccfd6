"""Users: who signs in, what they may do, and how they take live chats."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from agents.models import User
from agents.services.avatars import remove_avatar, set_avatar
from agents.services.devices import sign_out_others
from agents.services.own_settings import save_hours
from config.admin_permissions import ModelForm, PermittedAdmin
from config.audit.services import keep_record, record_event

from .delegation import is_last_superuser, may_edit, may_take_over
from .hours import HoursFormSet, HoursInline
from .standing import AgentFilter, AvailableFilter, ReachableFilter, StandingColumns, annotate_standing
from .user_forms import NewUserForm, PasswordForm, UserForm

if TYPE_CHECKING:
    _DjangoUserAdmin = DjangoUserAdmin[User]
else:
    _DjangoUserAdmin = DjangoUserAdmin

_PERSON = ("first_name", "last_name", "job_title", "email", "picture")


class ProfileFilter(admin.RelatedFieldListFilter):
    """Django's own, under the name that people know."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = str(_("permission profile"))


@admin.register(User)
class UserAdmin(StandingColumns, PermittedAdmin, _DjangoUserAdmin):
    editors = ("manage_agents",)
    form = UserForm
    add_form = NewUserForm
    add_form_template = "admin/agents/user/add_form.html"
    change_password_form = PasswordForm
    inlines = (HoursInline,)
    list_display = ("name", "username", "profile_names", "agent", "now", "seats", "reachable", "is_active")
    list_filter = (AgentFilter, AvailableFilter, ReachableFilter, "is_active", ("groups", ProfileFilter))
    list_per_page = 50
    search_fields = ("first_name", "last_name", "username", "email", "job_title")
    ordering = ("first_name", "last_name", "username")
    filter_horizontal = ()
    actions = ("deactivate", "sign_out")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": _PERSON}),
        (_("Permissions"), {"fields": ("is_active", "groups")}),
        (_("Live chat"), {"fields": ("time_zone", "seat_limit")}),
        (
            _("Further permissions"),
            {"classes": ("collapse",), "fields": ("user_permissions", "is_superuser")},
        ),
        (_("Dates"), {"classes": ("collapse",), "fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "description": _("Permissions, hours and picture are on the next page."),
                "fields": (
                    "username",
                    "first_name",
                    "last_name",
                    "email",
                    "usable_password",
                    "password1",
                    "password2",
                ),
            },
        ),
    )
    readonly_fields = ("last_login", "date_joined")

    class Media:
        css = {"all": ("agents/admin/people.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return annotate_standing(super().get_queryset(request)).prefetch_related("groups")

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or may_edit(request.user, obj))  # type: ignore[arg-type]

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        allowed = super().has_delete_permission(request, obj) and obj != request.user
        return allowed and (obj is None or may_take_over(request.user, obj))  # type: ignore[arg-type]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        fields: tuple[str, ...] = self.readonly_fields
        if obj is not None and not may_take_over(request.user, obj):  # type: ignore[arg-type]
            fields = (*fields, "username", "email", "is_active")
        return fields if request.user.is_superuser else (*fields, "is_superuser")

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or may_take_over(request.user, obj):  # type: ignore[arg-type]
            return fieldsets
        # The password's field is a link to a page that would be refused.
        return ((None, {"fields": ("username",)}), *fieldsets[1:])

    def get_form(
        self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm]:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.actor = request.user  # type: ignore[attr-defined]
        return form

    def get_inlines(self, request: HttpRequest, obj: User | None = None) -> Any:
        return super().get_inlines(request, obj) if obj else ()

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        target = self.get_object(request, id)
        if target is not None and not may_take_over(request.user, target):  # type: ignore[arg-type]
            raise PermissionDenied
        if target == request.user and request.POST.get("usable_password") == "false":
            messages.error(
                request, _("You can't switch off your own password: you couldn't sign in any more.")
            )
            return redirect(request.get_full_path())
        if target is None:
            return super().user_change_password(request, id, form_url)
        with keep_record(target, by=request.user):
            return super().user_change_password(request, id, form_url)

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        # Nobody deletes themselves, so this is two superusers who delete each other at once.
        if is_last_superuser(obj):
            raise PermissionDenied(_("This is the last superuser who can sign in."))
        super().delete_model(request, obj)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        picture = form.cleaned_data.get("picture")
        if isinstance(picture, bytes):
            set_avatar(user=obj, data=picture)
        elif picture is False:
            remove_avatar(user=obj)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if not isinstance(formset, HoursFormSet):
            super().save_formset(request, form, formset, change)
            return
        formset.save(commit=False)  # only says what changed, for the history
        user = form.instance
        save_hours(agent=user, time_zone=user.time_zone, blocks=formset.get_blocks())

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)
        # Several at once would skip the check of each; and who has had chats is kept anyway.
        actions.pop("delete_selected", None)
        return actions

    @admin.action(description=_("Deactivate: sign out and take no chats"), permissions=["change"])
    def deactivate(self, request: HttpRequest, users: QuerySet[User]) -> None:
        done = 0
        for user in users.filter(is_active=True):
            if self._deactivate(request, user):
                done += 1
            else:
                words = _("You can't deactivate %(user)s.") % {"user": user}
                messages.error(request, words)
        words = ngettext("%(count)d user deactivated.", "%(count)d users deactivated.", done)
        messages.success(request, words % {"count": done})

    @transaction.atomic
    def _deactivate(self, request: HttpRequest, user: User) -> bool:
        if user == request.user or not may_take_over(request.user, user) or is_last_superuser(user):  # type: ignore[arg-type]
            return False
        with keep_record(user, by=request.user):
            user.is_active = False
            user.save(update_fields=["is_active"])  # one by one, so that each is announced
        self.log_change(request, user, [{"changed": {"fields": ["is_active"]}}])
        return True

    @admin.action(description=_("Sign out on all devices"), permissions=["change"])
    def sign_out(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """For a laptop that was lost: every session ends, but not the one that asks (S9)."""
        count = 0
        for user in users:
            if may_take_over(request.user, user):  # type: ignore[arg-type]
                count += sign_out_others(user=user, current_key=request.session.session_key or "")
                record_event(row=user, words=gettext("Signed out on all devices."), by=request.user)
            else:
                messages.error(request, _("You can't sign out %(user)s.") % {"user": user})
        words = ngettext("%(count)d device is signed out.", "%(count)d devices are signed out.", count)
        messages.success(request, words % {"count": count})

    @admin.display(description=_("name"), ordering="first_name")
    def name(self, user: User) -> str:
        return user.display_name

    @admin.display(description=_("profiles"))
    def profile_names(self, user: User) -> str:
        names = ", ".join(group.name for group in user.groups.all())
        return str(_("Superuser")) if user.is_superuser else names or "–"
