from __future__ import annotations

from pathlib import PurePosixPath

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from virtaama.portal.core.door import descriptions
from virtaama.portal.core.pages import opens_with
from virtaama.project.described import DescribedSet

PAGE = "descriptions"
TYPES = {
    ".md": "text/markdown; charset=utf-8",
    ".pdf": "application/pdf",
    ".json": "application/json",
    ".jsonld": "application/ld+json",
}


@require_GET
@opens_with(PAGE)
def sets(request: HttpRequest) -> HttpResponse:
    """The newest set with what has changed since, and those before it."""
    made = descriptions().made()
    return page_of(request, made, made[-1] if made else None)


@require_GET
@opens_with(PAGE)
def one_set(request: HttpRequest, number: int) -> HttpResponse:
    made = descriptions().made()
    return page_of(request, made, chosen(made, number))


@require_GET
@opens_with(PAGE)
def file(request: HttpRequest, number: int, place: str) -> HttpResponse:
    """A file of a set, as it was written. Places are those its manifest lists, and no others."""
    told = chosen(descriptions().made(), number)
    if place not in told.files:
        raise Http404
    path = PurePosixPath(place)
    response = HttpResponse(told.read(place), content_type=TYPES[path.suffix])
    language = f"-{path.parent}" if path.parent.name else ""
    response["Content-Disposition"] = f'attachment; filename="{told.made}{language}-{path.name}"'
    return response


def page_of(request: HttpRequest, made: tuple[DescribedSet, ...], told: DescribedSet | None) -> HttpResponse:
    language = get_language() or "fi"
    in_language = language
    if told is not None and language not in told.documents:
        in_language = next(iter(told.documents))
    changed = descriptions().revised(told, in_language, timezone.localdate()) if told else ()
    since = {each.name: each for each in changed}
    return render(
        request,
        "described/sets.html",
        {
            "section": PAGE,
            "told": told,
            "made": tuple(reversed(made)),
            "in_language": in_language,
            "documents": [
                {"name": name, "title": title, "below": f"{in_language}/{name}", "since": since.get(name)}
                for name, title in (told.documents[in_language] if told else {}).items()
            ],
            "others": [place for place in (told.files if told else ()) if "/" not in place],
        },
    )


def chosen(made: tuple[DescribedSet, ...], number: int) -> DescribedSet:
    for each in made:
        if each.number == number:
            return each
    raise Http404
