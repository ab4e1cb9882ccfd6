"""What every section of an import works with."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from agents.models import Agent, User
from config.audit.selectors import read_snapshot
from config.audit.services import keep_record, record_change
from config.configuration.errors import Refusal
from config.configuration.policy.files import MOST_REFUSALS, Written
from config.configuration.policy.shapes import Shape
from config.configuration.selectors.names import Names, Resolver
from config.installation.selectors import get_installation
from config.lib.errors import DomainError

Item = dict[str, Any]


@dataclass
class Work:
    """One import: the file, who does it, and what was refused so far."""

    written: Written
    by: User | None
    now: datetime
    refusals: list[Refusal] = field(default_factory=list)
    # Afresh in each section: the one before may have added some.
    names: Names = field(default_factory=Names)

    def refuse(self, path: str, message: object) -> None:
        if len(self.refusals) < MOST_REFUSALS:
            self.refusals.append(self.written.refuse(path, message))

    @cached_property
    def is_prime(self) -> bool:
        """As the file's own settings leave it, which come first."""
        return get_installation().is_prime

    @cached_property
    def agent_ids(self) -> frozenset[int]:
        """Who takes live chats, as the file's own profiles and people leave it, which come first."""
        return frozenset(Agent.objects.values_list("pk", flat=True))

    @contextmanager
    def resolve(self) -> Iterator[Resolver]:
        """Put ids in the place of names; what there isn't is refused."""
        resolver = Resolver(self.names)
        yield resolver
        for refusal in resolver.refusals:
            self.refuse(refusal.path, refusal.message)

    def find_people(self, usernames: Iterable[str], path: str) -> list[int]:
        """The ids of these users; who isn't there is refused, never made."""
        with self.resolve() as resolver:
            found = [resolver.find("agent", name, f"{path}[{n}]") for n, name in enumerate(usernames)]
        return [pk for pk in found if pk is not None]

    def refuse_form(self, path: str, errors: Mapping[str, Any]) -> None:
        """Say a form's errors, each at its name."""
        for name, found in errors.items():
            place = path if name == "__all__" else f"{path}.{name}"
            for message in found:
                self.refuse(place, message)

    def refuse_invalid(self, path: str, error: ValidationError) -> None:
        """The same for what a model refuses."""
        self.refuse_form(path, error.message_dict if hasattr(error, "error_dict") else {"__all__": error})

    @contextmanager
    def guard(self, path: str) -> Iterator[None]:
        """Do one item; what the product or the database refuses is said at its place."""
        try:
            with transaction.atomic():
                yield
        except DomainError as error:
            self.refuse(f"{path}.{error.field}" if error.field else path, error)
        except ValidationError as error:
            self.refuse_invalid(path, error)
        except ProtectedError:
            self.refuse(path, _("is used by what isn't in this file, so it can't be removed."))
        except IntegrityError:
            self.refuse(path, _("collides with something else that is there already."))

    @contextmanager
    def record(self, row: models.Model, *, is_new: bool) -> Iterator[None]:
        """Record what is done to a row, in the audit log (S20)."""
        if not is_new:
            with keep_record(row, by=self.by):
                yield
            return
        yield
        self.record_row(row, before={}, after=read_snapshot(row._meta.model, row.pk))

    def record_row(self, row: models.Model, *, before: Item, after: Item) -> None:
        record_change(
            model=row._meta.model,
            pk=row.pk,
            name=str(row),
            before=before,
            after=after,
            by=self.by,
            now=self.now,
        )

    def delete(self, row: models.Model) -> None:
        """Delete a row, and record what it was."""
        before, pk, name = read_snapshot(row._meta.model, row.pk, lock=True), row.pk, str(row)
        row.delete()
        record_change(
            model=row._meta.model, pk=pk, name=name, before=before, after={}, by=self.by, now=self.now
        )


class Section(ABC):
    """One part of the file: what its items look like, and how one is kept or removed."""

    name: str
    shape: Shape
    # What an item has that the file doesn't say, where it is a new one.
    defaults: Mapping[str, Any]
    # Whether new ones and changes need the Prime package.
    is_prime_only = False

    def normalise(self, item: Item) -> Item:
        """Write what people write in several ways in the one that is kept, so that it is found again."""
        return item

    @abstractmethod
    def save(self, item: Item, *, is_new: bool, path: str, work: Work) -> None:
        """Add or change one; whatever can't be is refused."""

    @abstractmethod
    def remove(self, item: Item, work: Work) -> None:
        """Take one away that the file doesn't have."""
