"""What a draft says beside its stream: read, checked, and frozen with it (DG-01, DG-02)."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import TYPE_CHECKING, Any, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat.models import Dialogue, LeadList
from chat.streams import Fault
from chat.targeting import Events, Setup, dump_setup, parse_target
from config.installation.selectors import get_installation
from config.lib.conditions import LISTS, Group, asks_for, get_list_ids, parse_conditions, to_json
from config.lib.errors import InvalidInput

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class SetupInvalid(InvalidInput):
    """A setting is missing, or names what isn't there; ``field`` is the dialogue's."""

    code = "setup_invalid"


class PrimeOnly(InvalidInput):
    """A setting that needs Prime."""

    code = "prime_only"
    message: StrOrPromise = gettext_lazy(
        "Lists are part of Prime. Take this condition out, or change the package."
    )


def parse_audience(raw: object, *, field: str | None = "audience") -> Group:
    """Read an audience's conditions (DG-07). Raises ConditionsInvalid; PrimeOnly for lists on Select; and
    SetupInvalid for a list that isn't there.
    """
    group = parse_conditions(raw or {}, field=field)
    if asks_for(group, LISTS):
        _check_lists(get_list_ids(group), field)
    return group


def _check_lists(wanted: Set[int], field: str | None) -> None:
    if not get_installation().is_prime:
        raise PrimeOnly(field=field)
    if LeadList.objects.filter(pk__in=wanted).count() < len(wanted):
        raise SetupInvalid(_("One of these lists no longer exists. Choose another one."), field=field)


def read_setup(dialogue: Dialogue) -> Setup:
    """Return the draft's settings as publishing freezes them.

    Raises what is wrong first: TargetsInvalid, ConditionsInvalid, PrimeOnly or SetupInvalid, with its field.
    """
    for error in list_setup_errors(dialogue):
        raise error
    is_flow = dialogue.kind == Dialogue.Kind.FLOW
    return _read_flow(dialogue) if is_flow else _read_dialogue(dialogue)


def freeze_setup(dialogue: Dialogue) -> dict[str, Any]:
    """The same as JSON, for a version's ``setup``."""
    return dump_setup(read_setup(dialogue))


def list_setup_errors(dialogue: Dialogue) -> Iterator[InvalidInput]:
    """Yield all that is wrong with the draft's settings, each with its field (DG-07, DG-08)."""
    try:
        parse_target(
            dialogue.target_include,
            dialogue.target_exclude,
            include_field="target_include",
            exclude_field="target_exclude",
        )
    except InvalidInput as error:
        yield error
    try:
        parse_audience(dialogue.audience)
    except InvalidInput as error:
        yield error
    if dialogue.kind == Dialogue.Kind.FLOW:
        yield from _list_flow_errors(dialogue)


def list_setup_faults(dialogue: Dialogue) -> list[Fault]:
    """Return the same as faults of no card, for whoever is about to publish (DG-13)."""
    return [Fault(None, error.field, error.code, str(error)) for error in list_setup_errors(dialogue)]


def _list_flow_errors(flow: Dialogue) -> Iterator[InvalidInput]:
    if not flow.slug:
        yield SetupInvalid(_("A flow needs a short name: pages start it by that."), field="slug")
    has_element = flow.start_on == Dialogue.Start.CLICK or flow.look == Dialogue.Look.INLINE
    if has_element and not flow.start_selector.strip():
        yield SetupInvalid(_("Name the element, for example #book-demo."), field="start_selector")


def _read_dialogue(dialogue: Dialogue) -> Setup:
    return Setup(
        **_read_common(dialogue),
        events=Events(
            page=dialogue.event_page_seconds,
            site=dialogue.event_site_seconds,
            scroll=dialogue.event_scroll_percent,
        ),
        poke=dialogue.poke,
    )


def _read_flow(flow: Dialogue) -> Setup:
    """Of a flow no events and no poke: an action starts it."""
    return Setup(
        **_read_common(flow),
        poke=False,
        slug=flow.slug or "",
        start_on=cast(Any, flow.start_on),
        selector=flow.start_selector.strip(),
        look=cast(Any, flow.look),
        has_landing_page=flow.has_landing_page,
        landing_title=flow.landing_title if flow.has_landing_page else "",
        landing_text=flow.landing_text if flow.has_landing_page else "",
    )


def _read_common(dialogue: Dialogue) -> dict[str, Any]:
    target = parse_target(dialogue.target_include, dialogue.target_exclude)
    audience = parse_conditions(dialogue.audience or {})
    return {
        "kind": dialogue.kind,
        "language": dialogue.language,
        "audience": to_json(audience) if audience.items else {},
        "include": tuple(pattern.text for pattern in target.include),
        "exclude": tuple(pattern.text for pattern in target.exclude),
    }
