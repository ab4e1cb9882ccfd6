"""Permission profiles: what their members may do."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from agents.models import PermissionProfile, User
from config.admin_permissions import ModelForm, PermittedAdmin, link_to

from .delegation import list_beyond_in
from .permission_fields import PermissionField, check_grant

MOST_MEMBERS = 100


class ProfileForm(ModelForm):
    """A name and its permissions."""

    actor: User
    permissions = PermissionField(required=False, label=_("Permissions"))

    class Meta:
        model = PermissionProfile
        fields = ("name", "permissions")

    def clean_permissions(self) -> QuerySet[Permission]:
        return check_grant(self.actor, self.instance, self.cleaned_data["permissions"])


@admin.register(PermissionProfile)
class ProfileAdmin(PermittedAdmin):
    editors = ("manage_agents",)
    form = ProfileForm
    list_display = ("name", "member_count", "permission_count")
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("name", "permissions", "members")
    readonly_fields = ("members",)

    class Media:
        css = {"all": ("agents/admin/people.css",)}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or not list_beyond_in(request.user, [obj]))  # type: ignore[arg-type]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PermissionProfile]:
        # Subqueries: joined, the two counts would multiply.
        profiles: QuerySet[PermissionProfile] = super().get_queryset(request)
        return profiles.annotate(
            members_total=Subquery(_count(User.groups.through)),
            permissions_total=Subquery(_count(PermissionProfile.permissions.through)),
        )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.fields if obj else ("name", "permissions")

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm]:
        form = super().get_form(request, obj, change, **kwargs)
        form.actor = request.user  # type: ignore[attr-defined]
        return form

    @admin.display(description=_("members"), ordering="members_total")
    def member_count(self, profile: Any) -> int:
        return profile.members_total or 0

    @admin.display(description=_("permissions"), ordering="permissions_total")
    def permission_count(self, profile: Any) -> int:
        return profile.permissions_total or 0

    @admin.display(description=_("members"))
    def members(self, profile: PermissionProfile) -> str | SafeString:
        users = list(User.objects.filter(groups=profile.pk).order_by("first_name", "last_name", "username"))
        if not users:
            return gettext("Nobody. Give the profile to users on their own pages.")
        listed = format_html_join(", ", "{}", ((link_to(user),) for user in users[:MOST_MEMBERS]))
        rest = len(users) - MOST_MEMBERS
        if rest <= 0:
            return listed
        return listed + " " + ngettext("and %(count)d more", "and %(count)d more", rest) % {"count": rest}


def _count(through: Any) -> QuerySet[Any]:
    rows = through.objects.filter(group=OuterRef("pk")).order_by()
    return rows.values("group").annotate(total=Count("pk")).values("total")  # type: ignore[no-any-return]
