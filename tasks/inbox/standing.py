"""Where the inbox stands: the last pass, what waits unread, and what other servers hold against us."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from config.settings import Settings
from tasks.inbox.bounced import POLICY
from tasks.inbox.maildir import Maildir
from tasks.store import inbound, passes
from tasks.store.passes import Pass

WITHIN = timedelta(hours=6)
"""Mail that lies unread for longer is trouble: a passing customer's answer is lost time."""
LATELY = timedelta(days=7)


@dataclass(frozen=True)
class InboxStanding:
    """What `perennial status` says of the inbox.

    Attributes:
        last: the newest pass; None where no mailbox was ever read.
        waiting_since: when the oldest unread mail came, as far as that is known.
        refused: mails that filters of others refused in the last week.
        trouble: what a person should look into, in words.
    """

    last: Pass | None
    waiting_since: datetime | None
    refused: int
    trouble: list[str]


def inbox_standing(conn: Connection, settings: Settings, now: datetime) -> InboxStanding:
    """Where it stands at the wall clock `now` (aware UTC); a server is not asked, the last pass has told."""
    last = passes.last(conn)
    since = last.waiting_since if last else None
    if not settings.inbox_host:
        since = Maildir(settings.inbox_dir).waiting_since()
    newest = max((one.at for one in inbound.of_kinds(conn, ["bounce"])), default=now)
    bounces = inbound.of_kinds(conn, ["bounce"], newest - LATELY)
    refused = len([one for one in bounces if one.effect == POLICY])
    return InboxStanding(last, since, refused, _trouble(settings, last, since, refused, now))


def _trouble(settings: Settings, last: Pass | None, since: datetime | None, refused: int, now: datetime) -> list[str]:
    """In words; nothing where no mailbox is read and none is asked for."""
    found = []
    if last and last.trouble:
        found.append(last.trouble)
    if since and now - since > WITHIN:
        found.append(f"the inbox: mail lies unread since {since:%Y-%m-%d %H:%M} UTC; run `perennial inbox`")
    elif settings.inbox_host and (last is None or now - (last.read_at or last.at) > WITHIN):
        found.append("the inbox: it was not read in the last 6 hours; run `perennial inbox`")
    if refused:
        found.append(
            f"filters of other mail servers refused {refused} of our mails in 7 days: see SPF, DKIM, DMARC and content"
        )
    return found
