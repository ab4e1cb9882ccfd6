"""Accounts (Prime): the list, its upload and its export."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from config.admin_files import FilesAdmin
from config.admin_permissions import PrimePages
from config.lib.imports import ImportReport
from config.lib.tables import Kind
from routing.forms import AccountForm
from routing.models import Account
from routing.services.accounts import MOST_ROWS, export_accounts, import_accounts


@admin.register(Account)
class AccountAdmin(PrimePages, FilesAdmin):
    viewers = ("view_account_list",)
    editors = ("manage_accounts",)
    form = AccountForm
    list_display = ("name", "domain", "owner")
    list_filter = (("owner", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("owner",)
    search_fields = ("name_key", "domain", "owner__username", "owner__first_name", "owner__last_name")
    search_help_text = _("Company, domain or owner.")
    show_full_result_count = False
    file_name = "accounts"
    upload_title = _("Upload accounts")
    file_columns = {
        "company": _("its name"),
        "domain": _("of its e-mail addresses, such as example.com; may be empty"),
        "owner": _("an agent's user name or e-mail address"),
    }
    upload_rule = _(
        "An account with the same domain is updated; a line without a domain updates the account of that "
        "name that has none either. Accounts that aren't in the file stay as they are."
    )
    upload_most = MOST_ROWS

    def import_file(self, request: HttpRequest, file: bytes, *, dry_run: bool) -> ImportReport:
        return import_accounts(file=file, dry_run=dry_run)

    def export_file(self, rows: QuerySet[Account], *, kind: Kind) -> bytes:
        return export_accounts(rows.select_related("owner"), kind=kind)
