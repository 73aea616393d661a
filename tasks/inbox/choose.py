"""Which mailbox is read: the server of the settings, else the Maildir on this machine."""

from config.settings import Settings
from tasks.inbox.mailbox import OpenMailbox
from tasks.inbox.maildir import open_maildir


def choose(settings: Settings) -> OpenMailbox:
    """The mailbox, to be opened by `with`."""
    if not settings.inbox_host:
        return open_maildir(settings.inbox_dir)
    from tasks.inbox.imap import open_imap  # noqa: PLC0415 — only who has a server needs its library

    return open_imap(settings)
