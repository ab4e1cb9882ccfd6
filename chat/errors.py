"""What the chat refuses, with the sentence that the person reads."""

from django.utils.translation import gettext_lazy as _

from config.lib.errors import ConflictError, InvalidInput, NotAllowed, NotFound


class ConversationNotFound(NotFound):
    code = "conversation_not_found"
    message = _("This conversation isn't here.")


class ConversationClosed(ConflictError):
    code = "conversation_closed"
    message = _("This conversation has ended.")


class NobodyListening(ConflictError):
    """Free text outside a live chat: the bot only takes answers to its cards."""

    code = "nobody_listening"
    message = _("Please choose an answer above.")


class NotYourChat(NotFound):
    code = "conversation_not_found"
    message = _("This chat isn't with you any more.")


class MessageEmpty(InvalidInput):
    code = "empty"
    message = _("Write something first.")


class ChatAlreadyActive(ConflictError):
    code = "already_active"
    message = _("An agent has just joined.")


class AttributesTooMany(InvalidInput):
    code = "attributes_too_many"
    message = _("At most %(limit)d attributes can be set.")


class AttributeUnfit(InvalidInput):
    """The page's script set an attribute whose name or value can't be kept; ``field`` is its name."""

    code = "attribute_unfit"
    message = _("This attribute's name or value can't be kept.")


class IdentityInvalid(InvalidInput):
    """Not signed by the page's own server, changed, or too old; nobody learns which."""

    code = "identity_invalid"
    message = _("Who this visitor is could not be verified.")


class FileRefused(InvalidInput):
    """What was uploaded can't be passed on; its kinds say why."""

    code = "file_refused"
    message = _("Only images (PNG, JPEG, WebP, GIF) and PDF files can be sent.")


class FileTooLarge(FileRefused):
    code = "file_too_large"
    message = _("This file is too large. Choose one of at most 10 MB.")


class FileEmpty(FileRefused):
    code = "file_empty"
    message = _("This file is empty.")


class FilesTooMany(ConflictError):
    code = "files_too_many"
    message = _("That were many files. Please try again tomorrow.")


class FilesOff(NotAllowed):
    code = "files_off"
    message = _("Files can't be sent in this chat.")


class FileNotFound(NotFound):
    code = "file_not_found"
    message = _("This file isn't here any more.")


class FlowNotFound(NotFound):
    code = "flow_not_found"
    message = _("This isn't available at the moment.")
