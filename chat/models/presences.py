"""Which visitors have the page of a live chat open."""

from django.db import models


class VisitorPresence(models.Model):
    """One open socket of a visitor who waits for an agent or talks with one, as ``agents.Presence`` is an
    agent's; it counts until ``expires_at``, which heartbeats move on (LC-57).
    """

    conversation = models.ForeignKey("chat.Conversation", on_delete=models.CASCADE, related_name="presences")
    socket_id = models.CharField(max_length=64, unique=True)
    since = models.DateTimeField()
    # The last sign of life.
    seen_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # The page was closed; false where the network, the browser or a process of ours went away.
    said_goodbye = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        indexes = [
            # Reader: chat.selectors.lines
            models.Index(fields=["conversation", "expires_at"], name="presence_of_visitor"),
        ]

    def __str__(self) -> str:
        return self.socket_id
