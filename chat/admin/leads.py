"""Leads: who has given an address, what is known of them, and the lists they are on."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.validators import validate_email
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from chat.models import Conversation, Lead, LeadList
from config.admin_permissions import ModelForm, PermittedAdmin, PrimePages, link_to, show_moment
from config.installation.selectors import get_installation
from config.lib.conditions import get_attribute_label

MOST_CONVERSATIONS = 20


class LeadForm(ModelForm):
    """A lead's address and lists; what is known of the person comes from what they say."""

    class Meta:
        model = Lead
        fields = ("email", "lists")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "email" in self.fields:
            self.fields["email"].required = True
            self.fields["email"].validators.append(validate_email)

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).strip().lower()
        if Lead.objects.filter(email=email, merged_into=None).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Another lead has this address already."), code="email_taken")
        return email


@admin.register(Lead)
class LeadAdmin(PermittedAdmin):
    """Merged leads are in the history of the one that is used instead (DG-09)."""

    viewers = ("view_all_conversations",)
    editors = ("manage_privacy_and_security",)
    form = LeadForm
    list_display = ("__str__", "person", "company", "list_names", "created_at")
    list_filter = ("lists", "created_at")
    search_fields = (
        "email",
        "attributes__first_name",
        "attributes__last_name",
        "attributes__company",
        "attributes__phone",
    )
    search_help_text = _("Address, name, company or phone number.")
    show_full_result_count = False
    list_per_page = 50
    ordering = ("-id",)
    filter_horizontal = ("lists",)
    readonly_fields = ("known", "conversations", "merge_history", "created_at")

    class Media:
        css = {"all": ("chat/admin/leads.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Lead]:
        rows: QuerySet[Lead] = super().get_queryset(request)
        return rows.filter(merged_into=None).prefetch_related("lists")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        lists = ["lists"] if get_installation().is_prime else []
        return ["email", *lists, *(self.readonly_fields if obj else ())]

    def get_list_filter(self, request: HttpRequest) -> Any:
        return self.list_filter if get_installation().is_prime else ("created_at",)

    @admin.display(description=_("name"), empty_value="–")
    def person(self, lead: Lead) -> str | None:
        name = f"{lead.attributes.get('first_name', '')} {lead.attributes.get('last_name', '')}"
        return name.strip() or None

    @admin.display(description=_("company"), empty_value="–")
    def company(self, lead: Lead) -> str | None:
        return lead.attributes.get("company") or None

    @admin.display(description=_("lists"), empty_value="–")
    def list_names(self, lead: Lead) -> str | None:
        return ", ".join(each.name for each in lead.lists.all()) or None

    @admin.display(description=_("what is known"))
    def known(self, lead: Lead) -> SafeString | str:
        return show_attributes(lead.attributes) or "–"

    @admin.display(description=_("conversations"))
    def conversations(self, lead: Lead) -> SafeString | str:
        """The latest, of every browser this person came with."""
        theirs = Q(visitor__lead=lead) | Q(visitor__lead__merged_into=lead)
        rows = Conversation.objects.filter(theirs).select_related("version__dialogue")
        rows = rows.defer("version__stream", "version__dialogue__stream").order_by("-pk")
        lines = [
            (link_to(row, row.version.dialogue.name), show_moment(row.triggered_at))
            for row in rows[:MOST_CONVERSATIONS]
        ]
        return _list(format_html_join("", "<li>{} ({})</li>", lines)) if lines else "–"

    @admin.display(description=_("merged into this"))
    def merge_history(self, lead: Lead) -> SafeString | str:
        """Records with the same address, as they were when they were merged."""
        lines = [
            (show_moment(merged.merged_at), show_attributes(merged.attributes) or "–")
            for merged in lead.merged.order_by("merged_at", "pk")
        ]
        return _list(format_html_join("", "<li>{} {}</li>", lines)) if lines else "–"


@admin.register(LeadList)
class LeadListAdmin(PrimePages):
    viewers = ("view_dialogues",)
    editors = ("manage_dialogues",)
    fields = ("name", "description")
    list_display = ("name", "description", "lead_count")
    search_fields = ("name", "description")

    def get_queryset(self, request: HttpRequest) -> QuerySet[LeadList]:
        rows: QuerySet[LeadList] = super().get_queryset(request)
        return rows.annotate(lead_count=Count("leads", filter=Q(leads__merged_into=None)))

    @admin.display(description=_("leads"), ordering="lead_count")
    def lead_count(self, lead_list: Any) -> int:
        return int(lead_list.lead_count)


def show_attributes(attributes: dict[str, str]) -> SafeString | None:
    """Attributes by their names for people; whatever is in them is text."""
    rows = [(get_attribute_label(name), value) for name, value in sorted(attributes.items()) if value]
    if not rows:
        return None
    return format_html('<dl class="attributes">{}</dl>', format_html_join("", "<dt>{}</dt><dd>{}</dd>", rows))


def _list(lines: SafeString) -> SafeString:
    return format_html('<ul class="lead-history">{}</ul>', lines)
