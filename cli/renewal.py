"""`perennial renewal`: the next step of a renewal, shown or taken by hand."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.answer import Answer, Json, settings_of, told

if TYPE_CHECKING:
    from tasks.by_hand import ByHandStep
    from tasks.letters import Letter


@told
def renewal(
    ctx: typer.Context,
    account: Annotated[str, typer.Argument(help="The account's id.")],
    contract: Annotated[
        str | None, typer.Option(help="The contract whose conversation is meant, if there are several.")
    ] = None,
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The sealed night to stand on (default: the newest).")
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Take the step now; without it nothing is changed.")] = False,
    json: Json = False,
) -> Answer:
    """Show the next untaken step of an account's renewal, or take it now.

    Nothing is changed without --apply. A step is taken through the same rules as at night: consent, suppression and
    caps hold, and at most one step of a conversation is taken by hand for a night.

    Example: perennial renewal A-00017 --apply
    """
    from tasks.by_hand import show, take
    from tasks.opening import latest_night, open_place, sealed_night
    from tasks.store.lock import night_lock

    settings = settings_of(ctx)
    with open_place(settings, create=False) as place:
        night = sealed_night(place, as_of.date()) if as_of else latest_night(place)
        if not apply:
            return _answer(show(night, account, contract), pressed=False)
        with night_lock(place.engine, settings.lock_path):
            return _answer(take(night, account, contract), pressed=True)


def _answer(step: "ByHandStep", *, pressed: bool) -> Answer:
    """What the step is, in words and as JSON."""
    data: dict[str, Any] = {"account": step.account, "subject": step.subject, "state": "nothing left"}
    if step.taken:
        names = ", ".join(sorted(step.taken))
        return Answer(
            {**data, "state": "already taken", "steps": sorted(step.taken)},
            f"Taken by hand already for this night: {names}. Nothing was done.",
        )
    verdict = step.verdict
    if verdict is None:
        return Answer(data, f"{step.account}: no step of its renewal conversation is left.")
    state = "taken" if pressed and step.goes else "shown" if step.goes else verdict.verdict
    data |= {
        "state": state, "play": verdict.play, "step": verdict.step, "planned_on": verdict.planned_on,
        "reason": verdict.reason, "contracts": [verdict.subject, *verdict.members], "task": step.title or None,
        "mails": [_mail(letter) for letter in step.letters],
    }  # fmt: skip
    return Answer(data, _text(step, state))


def _mail(letter: "Letter") -> dict[str, Any]:
    """One mail as JSON."""
    subject = letter.kept.subject if letter.kept else None
    return {"to": letter.recipient, "subject": subject, "problem": letter.problem or None}


def _text(step: "ByHandStep", state: str) -> str:
    """The step for a person to read."""
    verdict = step.verdict
    assert verdict is not None  # noqa: S101 — asked only with one
    lines = [
        f"{step.account}: {verdict.play} / {verdict.step}, planned for {verdict.planned_on or 'no date'}",
        f"contracts: {', '.join((verdict.subject, *verdict.members))}",
        f"{verdict.verdict}: {verdict.reason}",
    ]
    if step.title:
        lines.append(f"task: {step.title}")
    for letter in step.letters:
        kept = letter.kept
        lines += [
            "",
            f"To: {letter.name} <{letter.recipient}>",
            f"Subject: {kept.subject}" if kept else f"Held: {letter.problem}",
        ]
        lines += ["", kept.text.rstrip()] if kept else []
    ending = {"taken": "Taken.", "shown": "Nothing was changed; add --apply to take it now."}
    return "\n".join([*lines, "", ending.get(state, "It cannot be taken now; nothing was changed.")])
