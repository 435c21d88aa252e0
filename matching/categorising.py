"""The categories that are offered while a company describes itself: learned with each run, asked for by the form."""

import logging
from datetime import date
from functools import lru_cache

from django.utils import timezone

from companies.models import Company
from matching import artefacts
from matching.models import Publication
from matching.suggestion import CategorySuggester
from taxonomy.models import Category
from taxonomy.text import segmented

# So many companies speak for a category: more teach little, and cost the run seconds.
PER_CATEGORY = 100
# Of each field, the characters that are read.
READ = 5000

log = logging.getLogger(__name__)


def _offered() -> list[Category]:
    """The categories that have none below them: a suggestion is as exact as the scheme allows."""
    offered = Category.objects.offered().select_related("scheme").order_by("pk")
    parents = {category.parent_id for category in offered}
    return [category for category in offered if category.pk not in parents]


def said_by_the_taxonomy() -> tuple[list[str], list[str]]:
    """What the offered categories say of themselves: texts, one in each language, and the keys they belong to."""
    texts, keys = [], []
    for category in _offered():
        aliases = [alias for alias in category.aliases if alias[:1] != "="]
        texts.append(segmented(category.name_zh, category.definition_zh, *aliases))
        texts.append(segmented(category.name_en, category.definition_en, *aliases))
        keys += [category.key] * 2
    return texts, keys


def learn(per_category: int = PER_CATEGORY) -> CategorySuggester:
    """Learn from what the offered categories say of themselves, and from the newest public companies of each."""
    texts, keys = said_by_the_taxonomy()
    for category in _offered() if per_category else []:
        tagged = Company.objects.filter(
            is_published=True, category_links__category=category, category_links__is_primary=True
        )
        told = tagged.order_by("-pk").values_list("search_text", flat=True)[:per_category]
        texts += told
        keys += [category.key] * len(told)
    return CategorySuggester().fit(texts, keys)


@lru_cache(maxsize=1)
def _of_the_taxonomy(day: date) -> CategorySuggester:
    """What is known without any run; learned anew each day."""
    return learn(per_category=0)


def store(run) -> dict:
    """Learn and keep the suggester of a run; return what its `figures` say of it."""
    name, signature = artefacts.save(learn(), f"models/run-{run.pk}.categories")
    return {"artefact": name, "hash": signature}


def forget(run) -> None:
    """Delete what `store` kept for a run."""
    artefacts.delete(run.figures.get("categories", {}).get("artefact", ""))


def _current() -> CategorySuggester:
    publication = Publication.objects.select_related("run").first()
    stored = publication.run.figures.get("categories") if publication else None
    if stored:
        try:
            return artefacts.load(stored["artefact"], stored["hash"])
        except artefacts.ArtefactError as error:
            log.warning("Categories are suggested from the taxonomy alone: %s", error)
    return _of_the_taxonomy(timezone.localdate())


def suggest(*texts: str) -> list[Category]:
    """Return the offered categories that some texts in either language speak of, the likeliest first."""
    said = segmented(*(text[:READ] for text in texts))
    if not said:
        return []
    offered = {category.key: category for category in _offered()}
    # A category may be gone since the run.
    return [offered[key] for key, _ in _current().suggest(said) if key in offered]
