"""What an admin sets once for the whole installation: package, limits, timers and texts."""

import secrets

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

MAX_SEATS = 10


def make_secret() -> str:
    """Return 256 random bits, as text."""
    return secrets.token_hex(32)


class Installation(models.Model):
    """The one row of settings (id 1). Read it with
    ``get_installation()``; it comes into being on first use.
    """

    class Package(models.TextChoices):
        SELECT = "select", _("Select")
        PRIME = "prime", _("Prime")

    class Theme(models.TextChoices):
        AUTO = "auto", _("Like the visitor's device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class Font(models.TextChoices):
        SYSTEM = "system", _("The device's own")
        PAGE = "page", _("Like the page")
        SERIF = "serif", _("With serifs")
        ROUNDED = "rounded", _("Rounded")
        MONO = "mono", _("Typewriter")

    class Anchor(models.TextChoices):
        END = "end", _("Right (left in right-to-left languages)")
        START = "start", _("Left (right in right-to-left languages)")

    package = models.CharField(
        _("package"),
        max_length=10,
        choices=Package,
        default=Package.SELECT,
        help_text=_("Select: live chat is a trial with the limits below. Prime: no limits, and teams."),
    )
    engagement_limit = models.PositiveIntegerField(
        _("live chat engagements, lifetime"),
        default=100,
        validators=[MinValueValidator(1)],
        help_text=_(
            "Select only. When so many visitors have been connected, the next one gets the fallback message."
        ),
    )
    monthly_limit = models.PositiveIntegerField(
        _("engaged conversations a month"),
        default=250,
        validators=[MinValueValidator(1)],
        help_text=_("Select only. When it is reached, dialogues stop until the 1st of next month (UTC)."),
    )
    seat_limit = models.PositiveSmallIntegerField(
        _("live chats per agent at a time"),
        default=MAX_SEATS,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_SEATS)],
        help_text=_("From 1 to 10. A chat that is being offered counts."),
    )
    accept_seconds = models.PositiveSmallIntegerField(
        _("time to accept, seconds"),
        default=100,
        validators=[MinValueValidator(5), MaxValueValidator(600)],
        help_text=_("How long an agent's banner waits for an answer before the next step, 5 to 600."),
    )
    idle_seconds = models.PositiveIntegerField(
        _("idle time, seconds"),
        default=600,
        validators=[MinValueValidator(90), MaxValueValidator(86_400)],
        help_text=_("A chat in which nobody writes for so long ends. Both are warned a minute before."),
    )
    try_all_agents = models.BooleanField(
        _("try all available agents"),
        default=False,
        help_text=_(
            "When a team's or a rule's agents can't take a chat, ask anybody who can before the fallback."
        ),
    )
    require_reachable = models.BooleanField(
        _("ask only agents who can be reached"),
        default=True,
        help_text=_(
            "An agent without an open inbox is passed over. Turn off only if agents keep no inbox open."
        ),
    )
    fallback_html = models.TextField(
        _("fallback message"),
        blank=True,
        help_text=_(
            "What a visitor reads when nobody takes the chat. Bold, italic, links, lists and emoji. "
            "Empty: a standard text."
        ),
    )
    block_email_domains = models.BooleanField(
        _("block e-mail domains"),
        default=False,
        help_text=_("Visitors with an address at a blocked domain are never connected to an agent."),
    )
    blocked_email_domains = models.TextField(
        _("blocked domains"),
        blank=True,
        max_length=20_000,
        help_text=_("One domain a line, for example example.com."),
    )
    restrict_domains = models.BooleanField(
        _("only on allowed domains"),
        default=False,
        help_text=_("On: the chat is refused on any website that isn't listed below."),
    )
    allowed_domains = models.TextField(
        _("allowed domains"),
        blank=True,
        max_length=20_000,
        help_text=_("One a line: www.example.com, or *.example.com for every subdomain."),
    )
    dialogues_enabled = models.BooleanField(
        _("dialogues are on"),
        default=True,
        help_text=_("Off: no visitor gets a dialogue. Running chats go on."),
    )
    widget_name = models.CharField(
        _("name in the chat"),
        max_length=80,
        default="Switchboard",
        help_text=_("Shown above the conversation."),
    )
    accent = models.CharField(
        _("colour"),
        max_length=7,
        default="#0b5fff",
        validators=[RegexValidator(r"\A#[0-9a-fA-F]{6}\Z", _("Write the colour like #0b5fff."))],
        help_text=_("Of the button and of the visitor's own messages."),
    )
    theme = models.CharField(
        _("light or dark"),
        max_length=10,
        choices=Theme,
        default=Theme.AUTO,
        help_text=_("Like the visitor's device, or always the same."),
    )
    font = models.CharField(_("font"), max_length=10, choices=Font, default=Font.SYSTEM)
    anchor = models.CharField(_("side of the page"), max_length=5, choices=Anchor, default=Anchor.END)
    offset_side = models.PositiveSmallIntegerField(
        _("distance from the side, pixels"), default=20, validators=[MaxValueValidator(200)]
    )
    offset_bottom = models.PositiveSmallIntegerField(
        _("distance from the bottom, pixels"), default=20, validators=[MaxValueValidator(200)]
    )
    avatar = models.FileField(
        _("picture of the chatbot"),
        upload_to="widget/",
        blank=True,
        help_text=_("Square, under 256 kB: PNG, JPEG or WebP."),
    )
    response_delay_ms = models.PositiveSmallIntegerField(
        _("pause before each card, milliseconds"),
        default=600,
        validators=[MaxValueValidator(5_000)],
        help_text=_("As if somebody were typing; 0 shows cards at once."),
    )
    sounds = models.BooleanField(_("sounds"), default=True, help_text=_("Visitors can mute them."))
    poke_on_mobile = models.BooleanField(_("first words beside the button on phones too"), default=False)
    privacy_url = models.CharField(
        _("privacy policy"),
        max_length=500,
        blank=True,
        validators=[URLValidator(["https", "http"])],
        help_text=_("Address of the page, linked at the foot of the chat. Empty: no link."),
    )
    consent_mode = models.BooleanField(
        _("wait for consent"),
        default=False,
        help_text=_("Nothing is stored or sent before the page says Switchboard.consent(true)."),
    )
    files_enabled = models.BooleanField(
        _("files"),
        default=True,
        help_text=_("Visitors and agents can send each other images and PDF files."),
    )
    identity_secret = models.CharField(max_length=64, default=make_secret, editable=False)
    # Taken for a day after a new secret was made, so that a website can change over (S4).
    former_identity_secret = models.CharField(max_length=64, blank=True, editable=False)
    identity_secret_changed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("settings and limits")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="installation_is_one_row"),
            models.CheckConstraint(
                condition=Q(seat_limit__gte=1, seat_limit__lte=MAX_SEATS),
                name="installation_seat_limit_1_to_10",
            ),
            models.CheckConstraint(
                condition=Q(package__in=["select", "prime"]), name="installation_known_package"
            ),
        ]

    def __str__(self) -> str:
        return str(_("Settings and limits"))

    @property
    def is_prime(self) -> bool:
        return self.package == self.Package.PRIME

    @property
    def blocked_domain_set(self) -> frozenset[str]:
        """Blocked domains in lower case, none while the switch is off (LC-36)."""
        if not self.block_email_domains:
            return frozenset()
        return frozenset(
            line.strip().lower().lstrip("@")
            for line in self.blocked_email_domains.splitlines()
            if line.strip()
        )


class ChatWindow(Installation):
    """The same row, as its look's page in the admin has it."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = verbose_name_plural = _("look of the chat")

    def __str__(self) -> str:
        return str(_("Look of the chat"))


class Snippet(Installation):
    """The same row, as the page about putting the chat on a website has it."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = verbose_name_plural = _("put the chat on your website")

    def __str__(self) -> str:
        return str(_("Put the chat on your website"))


class UsageLimits(Installation):
    """The same row, as the page about what is used of the package's limits has it (LC-04)."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = verbose_name_plural = _("usage limits")

    def __str__(self) -> str:
        return str(_("Usage limits"))
