"""What companies and institutions have in common: members, publication, spellings, search."""

from functools import lru_cache

from django.db import models, transaction
from django.db.models import Q
from django.dispatch import Signal
from django.utils.translation import gettext_lazy as _

from accounts.models import EDITING
from accounts.naming import BATCH, names_text, sort_field
from taxonomy.models import Region
from taxonomy.names import fold
from taxonomy.text import words

# Sent with the `party` (and the `actor` who verified it), within the transaction that holds its row.
party_verified = Signal()
verification_lapsed = Signal()


@lru_cache(maxsize=20_000)
def _words_of(*names: str) -> frozenset[str]:
    return frozenset(word for name in names for word in words(name))


class PartyQuerySet(models.QuerySet):
    """Chainable adjectives of a party. Its model has `memberships`, `aliases`, `is_published`, `region`, `search_text`."""

    # Fields that hold a name, for `spelled_like`.
    name_fields: tuple[str, ...] = ("name_zh", "name_en")

    def published(self):
        return self.filter(is_published=True)

    def of(self, user):
        """Those in which `user` has a role."""
        return self.filter(memberships__user=user) if user.is_authenticated else self.none()

    def editable_by(self, user):
        if not user.is_authenticated:
            return self.none()
        if user.is_administrator:
            return self.all()
        return self.filter(memberships__user=user, memberships__role__in=EDITING)

    def visible_to(self, user):
        """Published ones, one's own, and all to administrators and analysts."""
        if not user.is_authenticated:
            return self.none()
        if user.is_analyst:
            return self.all()
        own = self.model._default_manager.filter(memberships__user=user).values("pk")
        return self.filter(Q(is_published=True) | Q(pk__in=own))

    def in_region(self, *regions: Region):
        """Those of a place, of its parts, or of the members of a group."""
        return self.filter(region__in=Region.objects.within(*regions).values("pk"))

    def spelled_like(self, names: list[str]):
        """Those that bear one of `names`, or have it as a further spelling."""
        names = [name.strip() for name in names if name.strip()]
        if not names:
            return self.none()
        by_alias = self.model._default_manager.filter(aliases__folded__in=[fold(name) for name in names])
        same = Q(pk__in=by_alias.values("pk"))
        for name in names:
            for field in self.name_fields:
                same |= Q(**{f"{field}__iexact": name})
        return self.filter(same)

    def by_name(self):
        """In the order of their names in the reader's language, Chinese ones by their sounds."""
        return self.order_by(sort_field(), "pk")

    def index_names(self) -> None:
        """Keep anew under which names these are found."""
        index = self.model._meta.get_field("names").related_model
        key = self.model._meta.model_name
        found = self.only(*self.name_fields).order_by("pk").prefetch_related("aliases").iterator(chunk_size=BATCH)
        rows = [
            index(pk=party.pk, text=names_text([*party.all_names, *(alias.name for alias in party.aliases.all())]))
            for party in found
        ]
        index.objects.bulk_create(
            rows, batch_size=BATCH, update_conflicts=True, unique_fields=[key], update_fields=["text"]
        )

    def called(self, typed: str, most: int) -> list:
        """Up to `most` of these that one of their names brings, in letters or in pinyin; exact names first."""
        index = self.model._meta.get_field("names").related_model
        nearest = index.objects.nearest(typed)
        found = self.in_bulk(nearest)
        return [found[pk] for pk in nearest if pk in found][:most]

    def matching_words(self, text: str):
        """Those whose indexed text holds every word of `text`, or whose place has it in its name."""
        found, wanted = self, words(text)
        regions = (
            [
                (region.pk, _words_of(region.name_zh, region.name_en, *region.aliases))
                for region in Region.objects.places()
            ]
            if wanted
            else []
        )
        for word in wanted:
            # The indexed text, which the model reads too, does without the region: it is known by its code.
            places = [pk for pk, known in regions if word in known]
            found = found.filter(Q(search_text__contains=f" {word} ") | Q(region__in=places))
        return found


class Party:
    """Row behaviour of a party; its model brings `index_words()`, `verified_at` and `verified_facts`.

    `identity` names the fields of which a verification speaks.
    """

    identity: tuple[str, ...] = ("name_zh", "name_en")

    def save(self, *args, update_fields=None, **kwargs):
        """With another name or code it is no longer what was verified. Who edits a profile does not decide on that."""
        concerned = update_fields is None or {"website", *self.identity} & set(update_fields)
        if self._state.adding or not concerned:
            return super().save(*args, update_fields=update_fields, **kwargs)
        with transaction.atomic():
            rows = type(self)._default_manager.select_for_update(no_key=True).filter(pk=self.pk)
            known = rows.values("verified_at", "verified_facts", "website", *self.identity).first()
            lapsed = bool(known and known["verified_at"]) and any(
                getattr(self, name) != known[name] for name in self.identity
            )
            if known:
                self.verified_at = None if lapsed else known["verified_at"]
                self.verified_facts = [] if lapsed else known["verified_facts"]
                if self.website != known["website"]:
                    # Another website was not looked at: the rest stands.
                    self.verified_facts = [fact for fact in self.verified_facts if fact != "website"]
            if update_fields is not None:
                update_fields = {*update_fields, "verified_at", "verified_facts"}
            super().save(*args, update_fields=update_fields, **kwargs)
            if lapsed:
                verification_lapsed.send(type(self), party=self)

    def is_edited_by(self, user) -> bool:
        return user.is_administrator or self.memberships.filter(user=user, role__in=EDITING).exists()

    def has_member(self, user) -> bool:
        return user.is_authenticated and self.memberships.filter(user=user).exists()

    def refresh_search_text(self) -> None:
        """Index the text by which search finds this party, if it has changed."""
        text = self.index_words()
        if text != self.search_text:
            self.search_text = text
            type(self).objects.filter(pk=self.pk).update(search_text=text)
        type(self).objects.filter(pk=self.pk).index_names()


class Spelling(models.Model):
    """A further name of a party, with the key under which its spellings meet."""

    name = models.CharField(_("name"), max_length=200)
    folded = models.CharField(max_length=200, editable=False)

    class Meta:
        abstract = True

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.folded = fold(self.name)
        super().save(*args, **kwargs)
