"""The product's permissions and the five profiles that exist from the start (LC-06, ``permissions.md``)."""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# (codename, name for people, profiles that have it from the start)
# Profiles: MU Marketing User, LA Live Agent, CA Calendar Agent, MA Marketing Admin, SA Sales Admin.
_TABLE: Final = (
    ("view_dialogues", "View dialogues", "MU LA CA MA SA"),
    ("manage_dialogues", "Manage dialogues", "MU MA"),
    ("publish_dialogues", "Publish dialogues", "MU MA"),
    ("view_flows", "View conversational flows", "MU LA CA MA SA"),
    ("manage_flows", "Manage conversational flows", "MU MA"),
    ("publish_flows", "Publish conversational flows", "MU MA"),
    ("view_my_conversations", "View my conversations (take live chats)", "LA SA"),
    ("view_all_conversations", "View all conversations", "SA"),
    ("manage_all_meetings", "Manage all meetings", "SA"),
    ("view_global_reports", "View global performance reports", "MU LA CA MA SA"),
    ("view_live_chat_reports", "View live chat reports", "MU LA CA MA SA"),
    ("view_meetings_reports", "View meetings reports", "MU LA CA MA SA"),
    ("export_reports", "Export reports", "MA SA"),
    ("manage_own_live_chat_availability", "Manage live chat availability (own)", "LA SA"),
    ("connect_calendar", "Connect your calendar", "LA CA SA"),
    ("manage_own_calendar_availability", "Manage calendar availability (own)", "LA CA SA"),
    ("view_round_robin", "View round robin", "MU LA CA MA SA"),
    ("view_custom_rules", "View custom rules", "MU LA CA MA SA"),
    ("manage_custom_rules", "Manage custom rules", "MA SA"),
    ("view_account_list", "View account list (Prime)", "MU LA CA MA SA"),
    ("manage_accounts", "Manage accounts (Prime)", "MA SA"),
    ("manage_chatbot_settings", "Manage chatbot settings", "MA"),
    ("manage_flow_settings", "Manage conversational flow settings", "MA"),
    ("manage_privacy_and_security", "Manage privacy and security", "MA"),
    ("manage_integrations", "Manage integrations", "MA"),
    ("manage_agents", "Manage agents", "SA"),
    ("view_agent_teams", "View agent teams (Prime)", "MU LA CA MA SA"),
    ("manage_agent_teams", "Manage agent teams (Prime)", "SA"),
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
