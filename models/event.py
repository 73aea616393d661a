"""The event log's vocabulary: what can happen, and what each happening carries."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

KINDS: dict[str, str] = {
    "run_started": "run_key, as_of, clock",
    "sealed": "run_key, seal {as_of, clock, played, landing_seq, event_seq, config_hash, hashes, versions}",
    "planned": "run_key, plan_hash, verdicts {verdict: n}, messages (number of mails the plan would queue)",
    "run_ended": "run_key, state (awaiting_approval|done|failed|missed), exit_code, reason",
    "approved": "run_key, plan_hash, hold [play], drop [play]",
    "landing_opened": "run_key, source, entity, as_of; its event_seq is the landing_seq",
    "landing_closed": "seq, status, pulled, good, quarantined, warned, total, cursor_max, written (bool), error",
    "enrolled": "enrollment_id, account, play, play_hash, occurrence, members, arm, trigger, baseline, on",
    "enrollment_ended": "enrollment_id, outcome, reason, result (the goal's number that night), on",
    "goal_measured": "enrollment_id, result (the goal's number when its window was over), on",
    "enrollment_moved": "enrollment_id, account (that its own was merged into), subject, from, on",
    "enrollment_migrated": "enrollment_id, play_hash (the new version's), steps {id in the log: id now}, on",
    "step_taken": "enrollment_id, step, kind, planned_on, on, by_hand",
    "step_chosen": "enrollment_id, step (a branch), choice (its arm)",
    "step_ended": "enrollment_id, step, outcome, reason, on (ends a step whether it was taken or not)",
    "play_pinned": "hash, play, text",
    "play_requested": "request_id, play, subject, account, by, reason, on",
    "triggered": "trigger (customer|scheduled|csm), name, occurrence, on",
    "stage_changed": "from, to, on",
    "task_opened": (
        "task_id, enrollment_id, account, csm (its owner), owner_team, play, step, kind, title, details, due_on, on"
    ),
    "task_changed": "task_id, state (open|pending|due|resolved|closed), by, reason, on",
    "task_done": "task_id, by",
    "task_moved": "task_id, account (that its own was merged into), from, on",
    "message_queued": (
        "message_id, send_key, revision, account, enrollment_id, play, step, occurrence, template, language, klass, "
        "contact, address_key, not_before, expires, deadline, touch, as_of, template_hash, "
        "channel (email|inapp|notify|update|forward), state (queued|held|trapped), reason"
    ),
    "message_claimed": "message_id, by (the sender)",
    "message_requeued": "message_id, not_before, reason, by (back to queued from claimed, deferred or held)",
    "message_transmitting": "message_id, attempt, via, by (the sender)",
    "message_sent": "message_id, reply (the server's code)",
    "message_deferred": "message_id, reply, not_before",
    "message_refused": "message_id, reply",
    "message_uncertain": "message_id, reason",
    "message_held": "message_id, reason",
    "message_suppressed": "message_id, reason",
    "message_canceled": "message_id, reason, by",
    "message_expired": "message_id, reason",
    "message_superseded": "message_id, reason, by",
    "suppressed": "address_key, scope (all|class:CLASS|play:PLAY), reason, source",
    "unsuppressed": "address_key, scope, reason",
    "consented": "address_key, value (granted|withdrawn|none: service mail alone), source, on",
    "received": (
        "inbound_id, kind (reply|bounce|delayed|delivered|complaint|unsubscribe|auto_reply|survey|booking|unknown), "
        "status, account, contact, address_key, message_id (ours, if known), effect, score, answer, meets_on"
    ),
    "erased": "address_key, counts {table or folder: rows}",
    "retained": "counts {what: rows removed}, periods {what: days}",
    "stopped": "name ('*', mail, a play or a template), reason",
    "resumed": "name",
    "overridden": "account, name (health|segment|stage|touch), value (null lifts it), reason, author, until, on",
}


@dataclass(frozen=True)
class Event:
    """One happening, before it has a number.

    Attributes:
        key: business key; a second event of the same key is dropped.
        kind: one of KINDS.
        subject: what it happened to, e.g. `run:nightly:2024-12-31`, `contract:S-1`, `message:…`.
        effective_at: when it happened by the run's clock, aware UTC.
        account: the account it belongs to, if any.
        payload: JSON-ready, without personal data.
    """

    key: str
    kind: str
    subject: str
    effective_at: datetime
    account: str | None = None
    payload: dict[str, Any] = field(default_factory=dict)
