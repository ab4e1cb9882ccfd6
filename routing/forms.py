"""The forms of rules and accounts."""

import json
import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agents.models import Team, User
from agents.selectors import list_agents
from config.admin_permissions import ModelForm
from config.installation.selectors import get_installation
from config.lib.conditions import (
    AGENT_AVAILABLE,
    KNOWN_ATTRIBUTES,
    LISTS,
    ConditionError,
    ConditionsInvalid,
    get_attribute_label,
    parse_conditions,
    to_json,
)

from .models import Account, Rule, match_everybody
from .selectors.rule_order import get_last_number
from .services.accounts import make_name_key, normalise_domain

OPERATOR_LABELS = {
    "is": _("is"),
    "is_not": _("is not"),
    "contains": _("contains"),
    "starts_with": _("starts with"),
    "is_empty": _("is empty"),
    "is_not_empty": _("is not empty"),
    "greater_than": _("is greater than"),
    "less_than": _("is less than"),
    "in_list": _("is one of"),
}


def get_condition_words(
    *, everybody: str = "", in_branch: bool = False, lists: Sequence[tuple[int, str]] | None = None
) -> dict[str, Any]:
    """Everything the editor's script shows. Lists, where given, and in branches whether an agent is available
    can be asked for too.
    """
    attributes = [[key, str(label)] for key, label in KNOWN_ATTRIBUTES.items()]
    attributes += [[LISTS, get_attribute_label(LISTS)]] if lists is not None else []
    attributes += [[AGENT_AVAILABLE, get_attribute_label(AGENT_AVAILABLE)]] if in_branch else []
    return {
        "attributes": attributes,
        "lists": [[str(pk), name] for pk, name in lists or ()],
        "operators": [[key, str(label)] for key, label in OPERATOR_LABELS.items()],
        "everybody": everybody or gettext("No conditions: the rule matches everybody."),
        "yes": gettext("yes"),
        "no": gettext("no"),
        **_get_editor_words(),
    }


def _get_editor_words() -> dict[str, str]:
    return {
        "all": gettext("All of these hold"),
        "any": gettext("Any of these holds"),
        "match": gettext("How the conditions go together"),
        "attribute": gettext("Attribute"),
        "other": gettext("another attribute…"),
        "otherName": gettext("Name of the attribute"),
        "operator": gettext("Comparison"),
        "value": gettext("Value"),
        "values": gettext("Values, one a line"),
        "choose": gettext("Choose…"),
        "addCondition": gettext("Add a condition"),
        "addGroup": gettext("Add a group"),
        "remove": gettext("Remove"),
        "removeGroup": gettext("Remove the group"),
    }


class ConditionsInput(forms.Textarea):
    """An editor of rows over the JSON; without scripts the JSON itself can be edited."""

    template_name = "admin/widgets/conditions.html"

    def __init__(self) -> None:
        super().__init__(attrs={"rows": 8, "spellcheck": "false"})

    def get_words(self) -> dict[str, Any]:
        return get_condition_words()

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        return {**super().get_context(name, value, attrs), "words": self.get_words()}


class ConditionsField(forms.JSONField):
    """Conditions as the one language has them; each wrong place is named."""

    widget = ConditionsInput

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, forms.fields.InvalidJSONInput):
            return value
        return json.dumps(value, indent=2, ensure_ascii=False)

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial if self.disabled or data is None else forms.fields.InvalidJSONInput(data)

    def to_python(self, value: Any) -> Any:
        try:
            raw = json.loads(value) if isinstance(value, str) and value.strip() else {}
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(
                _("The conditions can't be read: this isn't JSON."), code="json"
            ) from error
        try:
            return to_json(parse_conditions(raw))
        except ConditionsInvalid as refusal:
            words = [describe_place(error) for error in refusal.errors] or [str(refusal)]
            raise forms.ValidationError(words, code=refusal.code) from refusal

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(json.loads(data or "{}") != initial)
        except (ValueError, RecursionError, TypeError):
            return True


def describe_place(error: ConditionError) -> str:
    """`items[0].items[1].value: is empty` as people count: Condition 1.2: is empty."""
    numbers = [str(int(index) + 1) for index in re.findall(r"items\[(\d+)\]", error.path)]
    if not numbers:
        return str(error)
    return gettext("Condition %(number)s: %(message)s") % {
        "number": ".".join(numbers),
        "message": error.message,
    }


class RuleForm(ModelForm):
    conditions = ConditionsField(required=False, initial=match_everybody, label=_("Conditions"))

    class Meta:
        model = Rule
        fields = ("name", "priority", "is_enabled", "conditions", "agents", "team")
        help_texts = {
            "agents": _("Who is asked, in turn. Agents only."),
            "team": _("Or a team, in turn."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "priority" in self.fields:
            self.fields["priority"].show_hidden_initial = True
            if self.instance._state.adding:
                self._put_last_by_default(self.fields["priority"])
        if not get_installation().is_prime:
            self._keep_to_select()

    def _put_last_by_default(self, field: forms.Field) -> None:
        field.required, field.initial = False, None
        field.help_text = _(
            "Leave it empty, and the new rule is tried last. You can move it in the list of rules."
        )

    def _keep_to_select(self) -> None:
        """Rules that were given a team on Prime keep it, and are routed by it; others get none (LC-09)."""
        if "agents" in self.fields:
            self.fields["agents"].help_text = _(
                "Who is asked, in turn. Agents only. On the Prime package a rule can ask a team, too."
            )
        if isinstance(team := self.fields.get("team"), forms.ModelChoiceField):
            team.queryset = Team.objects.filter(pk=self.instance.team_id)
            if isinstance(team.widget, RelatedFieldWidgetWrapper):
                # The pages of teams say only that they are part of Prime.
                team.widget.can_add_related = team.widget.can_change_related = False
                team.widget.can_delete_related = team.widget.can_view_related = False
            team.help_text = _(
                "This rule was given its team on the Prime package, and goes on asking it. On Select you can "
                "keep the team or take it away, but not choose another one."
            )

    def clean_priority(self) -> int:
        """Where nobody touched the number it is the rule's own, which others may have moved meanwhile."""
        number: int | None = self.cleaned_data["priority"]
        if not self.instance._state.adding and "priority" not in self.changed_data:
            number = self.instance.priority
        return get_last_number() if number is None else number

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or self.cleaned_data
        if "agents" not in self.fields or data.get("agents") or data.get("team") or self.errors:
            return data
        if "team" in self.fields:
            self.add_error("agents", _("Choose at least one agent, or a team: somebody must be asked."))
        else:
            self.add_error("agents", _("Choose at least one agent. Teams are part of the Prime package."))
        return data


class RuleRowForm(ModelForm):
    """A row of the list: only what somebody changed there is saved, whatever others did to the rule since."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.show_hidden_initial = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        kept = [name for name in data if name in self.initial and name not in self.changed_data]
        return {**data, **{name: getattr(self.instance, name) for name in kept}}


class AccountForm(ModelForm):
    domain = forms.CharField(
        required=False,
        max_length=260,
        label=_("E-mail domain"),
        help_text=_("For example example.com; addresses below it, such as mail.example.com, count too."),
    )

    class Meta:
        model = Account
        fields = ("name", "domain", "owner")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "owner" in self.fields:
            self.fields["owner"].queryset = list_owners(self.instance)  # type: ignore[attr-defined]

    def clean_domain(self) -> str | None:
        domain = normalise_domain(self.cleaned_data["domain"])
        if domain is None:
            raise forms.ValidationError(_("Write only the domain, for example example.com."), code="domain")
        return domain or None

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or self.cleaned_data
        self.instance.name_key = make_name_key(data.get("name", ""))
        if "domain" in data and data["domain"] is None:
            same = Account.objects.filter(domain=None, name_key=self.instance.name_key)
            if same.exclude(pk=self.instance.pk).exists():
                self.add_error("name", _("There is an account of this name without a domain already."))
        return data


def list_owners(account: Account) -> QuerySet[User]:
    """Agents, and who owns the account already: an edit of its name may not need a new owner."""
    chosen = Q(pk__in=list_agents().values("pk")) | Q(pk=account.owner_id)
    return User.objects.filter(chosen).order_by("first_name", "last_name", "username")
