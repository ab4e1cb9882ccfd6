"""The icon that browsers ask for by its old name, on pages that name none (the admin's)."""

from django.http import HttpRequest, HttpResponseRedirect
from django.templatetags.static import static
from django.views.decorators.http import require_safe


@require_safe
def show_icon(request: HttpRequest) -> HttpResponseRedirect:
    """Where the icon is."""
    return HttpResponseRedirect(static("agents/icon.svg"))
