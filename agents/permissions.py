"""The product's permissions and the five profiles that exist from the start (LC-06, ``permissions.md``)."""

from typing import TYPE_CHECKING, Final

# The names are rows of the database, so they are translated where they are shown.
from django.utils.translation import gettext_noop as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# (codename, name for people, profiles that have it from the start)
# Profiles: MU Marketing User, LA Live Agent, CA Calendar Agent, MA Marketing Admin, SA Sales Admin.
_TABLE: Final = (
    ("view_dialogues", _("View dialogues"), "MU LA CA MA SA"),
    ("manage_dialogues", _("Manage dialogues"), "MU MA"),
    ("publish_dialogues", _("Publish dialogues"), "MU MA"),
    ("view_flows", _("View conversational flows"), "MU LA CA MA SA"),
    ("manage_flows", _("Manage conversational flows"), "MU MA"),
    ("publish_flows", _("Publish conversational flows"), "MU MA"),
    ("view_my_conversations", _("View my conversations (take live chats)"), "LA SA"),
    ("view_all_conversations", _("View all conversations"), "SA"),
    ("manage_all_meetings", _("Manage all meetings"), "SA"),
    ("view_global_reports", _("View global performance reports"), "MU LA CA MA SA"),
    ("view_live_chat_reports", _("View live chat reports"), "MU LA CA MA SA"),
    ("view_meetings_reports", _("View meetings reports"), "MU LA CA MA SA"),
    ("export_reports", _("Export reports"), "MA SA"),
    ("manage_own_live_chat_availability", _("Manage live chat availability (own)"), "LA SA"),
    ("connect_calendar", _("Connect your calendar"), "LA CA SA"),
    ("manage_own_calendar_availability", _("Manage calendar availability (own)"), "LA CA SA"),
    ("view_round_robin", _("View round robin"), "MU LA CA MA SA"),
    ("view_custom_rules", _("View custom rules"), "MU LA CA MA SA"),
    ("manage_custom_rules", _("Manage custom rules"), "MA SA"),
    ("view_account_list", _("View account list (Prime)"), "MU LA CA MA SA"),
    ("manage_accounts", _("Manage accounts (Prime)"), "MA SA"),
    ("manage_chatbot_settings", _("Manage chatbot settings"), "MA"),
    ("manage_flow_settings", _("Manage conversational flow settings"), "MA"),
    ("manage_privacy_and_security", _("Manage privacy and security"), "MA"),
    ("manage_integrations", _("Manage integrations"), "MA"),
    ("manage_agents", _("Manage agents"), "SA"),
    ("view_agent_teams", _("View agent teams (Prime)"), "MU LA CA MA SA"),
    ("manage_agent_teams", _("Manage agent teams (Prime)"), "SA"),
)
_PROFILE_NAMES: Final = {
    "MU": "Marketing User",
    "LA": "Live Agent",
    "CA": "Calendar Agent",
    "MA": "Marketing Admin",
    "SA": "Sales Admin",
}

ACCESS_PERMISSIONS: "list[tuple[str, StrOrPromise]]" = [
    (codename, name) for codename, name, _profiles in _TABLE
]
# Only effective on the Prime package.
PRIME_ONLY: Final = frozenset(
    {"view_account_list", "manage_accounts", "view_agent_teams", "manage_agent_teams"}
)
# profile name -> codenames it has from the start
DEFAULT_PROFILES: Final = {
    name: frozenset(codename for codename, _label, profiles in _TABLE if short in profiles.split())
    for short, name in _PROFILE_NAMES.items()
}
