"""The account list: many rows, so none of them goes through a form or is recorded by itself."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from config.configuration.policy.shapes import describe_columns
from config.configuration.services.work import Item, Section, Work
from routing.models import Account
from routing.services.accounts import make_name_key, normalise_domain


class Accounts(Section):
    """By domain, or by name where there is none (Prime)."""

    name = "accounts"
    shape = {**describe_columns(Account, ("name", "domain")), "owner": "text"}
    defaults = {"domain": None, "owner": ""}
    is_prime_only = True

    def normalise(self, item: Item) -> Item:
        # One that is no domain is left as it is, and refused below.
        domain = normalise_domain(item["domain"] or "")
        return {**item, "domain": item["domain"] if domain is None else domain or None}

    def save(self, item: Item, *, is_new: bool, path: str, work: Work) -> None:
        same = {"domain": item["domain"]}
        if not item["domain"]:
            same["name_key"] = make_name_key(item["name"])
        row = Account.objects.filter(**same).first() or Account(domain=item["domain"])
        with work.resolve() as resolver:
            owner = resolver.find("agent", item["owner"], f"{path}.owner")
        if owner is None:
            return
        if owner != row.owner_id and owner not in work.agent_ids:
            words = _("%(name)s doesn't take live chats: a profile with that permission is missing.")
            work.refuse(f"{path}.owner", words % {"name": item["owner"]})
        row.name, row.name_key, row.owner_id = item["name"], make_name_key(item["name"]), owner
        try:
            row.clean_fields(exclude={"owner", "name_key"})
        except ValidationError as error:
            work.refuse_invalid(path, error)
            return
        # No savepoint for each: what is unique is the key of this section.
        row.save()

    def remove(self, item: Item, work: Work) -> None:
        same = {"domain": item["domain"]} if item["domain"] else {"domain": None, "name": item["name"]}
        Account.objects.get(**same).delete()
