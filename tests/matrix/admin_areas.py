"""What each model of the admin is, as far as rights go; from it come the rows of its six usual pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.db.models import Model
from django.utils import timezone

from agents.models import Agent, PermissionProfile, Team, User
from chat.models import (
    CannedReply,
    Conversation,
    Dialogue,
    DialogueVersion,
    Document,
    Flow,
    Lead,
    LeadList,
    LiveChat,
    TimelineEntry,
)
from config.audit.models import Change
from config.installation.models import ChatWindow, Installation, Snippet, UsageLimits
from routing.models import Account, Decision, Offer, Rule, RuleVersion, Transfer
from tests.factories import (
    AccountFactory,
    DecisionFactory,
    DialogueFactory,
    GroupFactory,
    OfferFactory,
    RuleFactory,
    TeamFactory,
    UserFactory,
)
from tests.matrix.people import ANYBODY, NOBODY, STAFF, SUPERUSERS, Party, Who, may
from tests.matrix.rows import Case, Row, admin_gate
from tests.matrix.scene import CANARY, NO_SUCH_ROW, Scene

# No form takes this: what is required is missing. It comes back with its errors, on the page itself.
REFUSED = {"allowed_domains": "https://"}
OF_DIALOGUES = ("view_dialogues", "manage_dialogues", "publish_dialogues")
OF_FLOWS = ("view_flows", "manage_flows", "publish_flows")
MISSING = Case(lambda scene, party: (NO_SUCH_ROW,), get=302, post=302)
Make = Callable[[Scene], Model]


@dataclass(frozen=True)
class Area:
    """Who sees the model's pages, who changes, adds and deletes (who changes, unless said), and a row of it.

    ``is_single``: the settings' one row, whose list leads to it. ``cases``: further rows, for its own page.
    """

    viewers: Who
    editors: Who
    make: Make
    adds: Who | None = None
    deletes: Who | None = None
    is_single: bool = False
    cases: Mapping[str, Case] = field(default_factory=dict)
    # Addresses whose rows are otherwise than of any other model.
    pages: Mapping[str, Row] = field(default_factory=dict)


def one_of(model: type[Model]) -> Case:
    """The model's row."""
    return Case(lambda scene, party: (row_of(model, scene).pk,))


def area(viewers: str, editors: str, make: Make, **others: Any) -> Area:
    """By codenames; who edits may look, too."""
    return Area(may(f"{viewers} {editors}"), may(editors) if editors else NOBODY, make, **others)


def single(model: type[Model], viewers: str, editors: str = "", **others: Any) -> Area:
    return area(
        viewers,
        editors,
        lambda scene: model._default_manager.get(),
        is_single=True,
        adds=NOBODY,
        deletes=NOBODY,
        **others,
    )


def shown(model: type[Model], viewers: str) -> Area:
    """A page to look at: the same one, whichever row is asked for, and nothing to save on it."""
    cases = {"a row": one_of(model), "missing": Case(MISSING.find)}
    return single(model, viewers, pages={"change": Row(may(viewers), editors=NOBODY, post=200, cases=cases)})


def record(make: Make, viewers: str = "view_all_conversations", **others: Any) -> Area:
    """What happened: read, and changed by nobody."""
    return area(viewers, "", make, **others)


def guard(model: type[Model], **fields: Any) -> Area:
    """What the guard of the sign-in notes: for superusers, who add nothing."""
    make = lambda scene: model._default_manager.create(attempt_time=timezone.now(), **fields)  # noqa: E731
    # Django's own history says of a missing row that it is missing, to whomever.
    pages = {
        "history": Row(SUPERUSERS, post=200, cases={"a row": one_of(model)}),
        # Everything on it is read-only, so that an empty form is saved, and changes nothing.
        "change": Row(SUPERUSERS, post=302, cases={"a row": one_of(model), "missing": MISSING}),
    }
    return Area(SUPERUSERS, SUPERUSERS, make, adds=NOBODY, pages=pages)


def reply_of(whose: Callable[[Scene, Party], User]) -> Callable[[Scene, Party], tuple[object]]:
    def find(scene: Scene, party: Party) -> tuple[object]:
        owner = whose(scene, party)
        texts = {"code": "mine", "title": CANARY, "text": CANARY}
        made = scene.row(("reply", owner.pk), lambda: CannedReply.objects.create(owner=owner, **texts))
        return (made.pk,)

    return find


def version_of(which: Callable[[Scene], Dialogue]) -> Callable[[Scene, Party], tuple[object]]:
    return lambda scene, party: (which(scene).published_version_id,)


def user_of(whose: Callable[[Scene, Party], User]) -> Callable[[Scene, Party], tuple[object]]:
    return lambda scene, party: (whose(scene, party).pk,)


def make_superuser(scene: Scene) -> User:
    made: User = scene.row("another superuser", lambda: UserFactory.create(is_superuser=True))
    return made


REPLIES = {
    # Everybody keeps their own, whatever else they may.
    "own": Case(
        reply_of(lambda scene, party: scene.user(party)), editors=may("view_my_conversations manage_agents")
    ),
    "a colleague's": Case(
        reply_of(lambda scene, party: scene.colleague),
        who=NOBODY,
        hidden=302,
    ),
}
USERS = {
    "oneself": Case(user_of(lambda scene, party: scene.user(party))),
    "a superuser": Case(
        user_of(lambda scene, party: make_superuser(scene)),
        post=lambda party: 200 if party.is_superuser else 403,
    ),
}
AREAS: dict[type[Model], Area] = {
    User: area("", "manage_agents", lambda scene: UserFactory.create(), cases=USERS),
    Agent: area(
        "",
        "manage_agents",
        lambda scene: scene.colleague,
        adds=NOBODY,
        deletes=NOBODY,
        # It leads to the user's page, which looks who comes.
        pages={
            "change": Row(
                STAFF,
                get=302,
                post=302,
                gate=admin_gate,
                cases={"": Case(lambda scene, party: (scene.colleague.pk,)), "missing": MISSING},
            )
        },
    ),
    PermissionProfile: area("", "manage_agents", lambda scene: GroupFactory.create()),
    Team: area("view_agent_teams", "manage_agent_teams", lambda scene: TeamFactory.create(name=CANARY)),
    Installation: single(
        Installation, "", "manage_chatbot_settings manage_agents manage_privacy_and_security"
    ),
    ChatWindow: single(ChatWindow, "", "manage_chatbot_settings"),
    Snippet: shown(Snippet, "manage_chatbot_settings manage_privacy_and_security"),
    UsageLimits: shown(UsageLimits, "manage_agents manage_chatbot_settings view_global_reports"),
    Change: record(
        lambda scene: Change.objects.create(
            at=timezone.now(), action="done", kind="routing.rule", words=CANARY
        ),
        "manage_privacy_and_security manage_agents",
    ),
    Dialogue: area(
        "view_dialogues publish_dialogues",
        "manage_dialogues",
        lambda scene: DialogueFactory.create(name=CANARY),
    ),
    Flow: area(
        "view_flows publish_flows", "manage_flows", lambda scene: Flow.objects.get(pk=scene.flow().pk)
    ),
    DialogueVersion: record(
        lambda scene: scene.dialogue.versions.get(),
        " ".join(OF_DIALOGUES + OF_FLOWS),
        cases={
            "a row": Case(
                version_of(lambda scene: scene.dialogue), who=may(" ".join(OF_DIALOGUES)), hidden=302
            ),
            "a flow's": Case(version_of(lambda scene: scene.flow()), who=may(" ".join(OF_FLOWS)), hidden=302),
        },
    ),
    Document: area(
        "view_dialogues view_flows",
        "manage_dialogues manage_flows",
        lambda scene: Document.objects.create(name=CANARY),
    ),
    CannedReply: area(
        "view_my_conversations",
        "manage_agents",
        lambda scene: CannedReply.objects.create(code="hello", title=CANARY, text="Hi"),
        cases=REPLIES,
    ),
    Lead: area(
        "view_all_conversations",
        "manage_privacy_and_security",
        lambda scene: Lead.objects.create(email="ada@acme.example", attributes={"company": CANARY}),
    ),
    LeadList: area("view_dialogues", "manage_dialogues", lambda scene: LeadList.objects.create(name=CANARY)),
    Rule: area("view_custom_rules", "manage_custom_rules", lambda scene: RuleFactory.create(name=CANARY)),
    Account: area("view_account_list", "manage_accounts", lambda scene: AccountFactory.create(name=CANARY)),
    Conversation: record(lambda scene: scene.chat_of_colleague().conversation),
    LiveChat: record(lambda scene: scene.chat_of_colleague()),
    Offer: record(lambda scene: OfferFactory.create(agent=scene.colleague)),
    RuleVersion: record(
        lambda scene: RuleVersion.objects.create(digest=CANARY, rules=[], edition=0, made_at=timezone.now()),
        "view_custom_rules manage_custom_rules view_all_conversations",
    ),
    Decision: record(lambda scene: DecisionFactory.create(live_chat=scene.chat_of_colleague())),
    Transfer: record(
        lambda scene: Transfer.objects.create(
            live_chat=scene.chat_of_colleague(),
            sender=scene.colleague,
            target_name=CANARY,
            started_at=timezone.now(),
        )
    ),
    TimelineEntry: record(lambda scene: scene.chat_of_colleague().timeline.get()),
    AccessAttempt: guard(AccessAttempt, failures_since_start=1, username=CANARY),
    AccessLog: guard(AccessLog, username=CANARY),
    AccessFailureLog: guard(AccessFailureLog, username=CANARY),
}


def row_of(model: type[Model], scene: Scene) -> Model:
    found: Model = scene.row(model, lambda: AREAS[model].make(scene))
    return found


def make_rows(model: type[Model]) -> dict[str, Row]:
    """The six usual pages, by the keys of their routes."""
    asked, name = AREAS[model], f"{model._meta.app_label}_{model._meta.model_name}"
    one = one_of(model)
    cases = {"a row": one, "missing": MISSING, **asked.cases}
    read = {name: replace(case, editors=None, post=case.get) for name, case in cases.items()}
    listed = STAFF if asked.is_single else asked.viewers
    status = 302 if asked.is_single else 200
    adds, deletes = asked.adds or asked.editors, asked.deletes or asked.editors
    usual = {
        "changelist": Row(listed, get=status, post=status),
        "add": Row(adds, post=200),
        "history": Row(asked.viewers, post=200, cases=read),
        "delete": Row(deletes, post=302, data={"post": "yes"}, cases={"a row": one, "missing": MISSING}),
        "change": Row(asked.viewers, editors=asked.editors, post=200, data=REFUSED, cases=cases),
    }
    named = {f"admin:{name}_{page}": row for page, row in {**usual, **asked.pages}.items()}
    # Leads to the row's page, which looks who comes.
    bare = f"admin/{model._meta.app_label}/{model._meta.model_name}/<path:object_id>/"
    rows = {key: replace(row, gate=admin_gate) for key, row in named.items()}
    return {**rows, bare: Row(ANYBODY, get=302, post=302, cases={"a row": one})}
