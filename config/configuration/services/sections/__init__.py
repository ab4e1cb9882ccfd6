"""The sections of a configuration, in the order in which they are gone through: each one's references are in
those before it. The settings come first of all: they say which package this is.
"""

from config.configuration.services.sections.accounts import Accounts
from config.configuration.services.sections.dialogues import Dialogues, Flows
from config.configuration.services.sections.people import People, Profiles, Teams
from config.configuration.services.sections.replies import CannedReplies
from config.configuration.services.sections.rules import Lists, Rules
from config.configuration.services.work import Section

SECTIONS: tuple[Section, ...] = (
    Profiles(),
    People(),
    Teams(),
    Lists(),
    Rules(),
    Accounts(),
    CannedReplies(),
    Flows(),
    Dialogues(),
)
