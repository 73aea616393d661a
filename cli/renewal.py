"""`perennial renewal`: the next step of a renewal, shown or taken by hand."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.answer import Answer, Json, settings_of, told

if TYPE_CHECKING:
    from models.decision import Verdict
    from tasks.by_hand import ByHandStep
    from tasks.letters import Letter


@told
def renewal(
    ctx: typer.Context,
    account: Annotated[str, typer.Argument(help="The account, by id or name.")],
    contract: Annotated[
        str | None, typer.Option(help="The contract whose conversation is meant, if there are several.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="The sealed night to stand on (default: the newest).")
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Take the step now; without it nothing is changed.")] = False,
    json: Json = False,
) -> Answer:
    """Show the next untaken step of an account's renewal, or take it now.

    Nothing is changed without --apply. A step is taken through the same rules as at night: consent, suppression and
    caps hold, and at most one step of a conversation is taken by hand for a night.

    Example: perennial renewal A00017 --apply
    """
    from cli.dates import day
    from tasks.by_hand import show, take
    from tasks.opening import latest_night, open_place, sealed_night
    from tasks.store.lock import night_lock

    settings, date_ = settings_of(ctx), day(as_of)
    with open_place(settings, create=False) as place:
        night = sealed_night(place, date_) if date_ else latest_night(place)
        if not apply:
            return _answer(show(night, account, contract), pressed=False)
        with night_lock(place.engine, settings.lock_path):
            return _answer(take(night, account, contract), pressed=True)


def _answer(step: "ByHandStep", *, pressed: bool) -> Answer:
    """What the step is, in words and as JSON."""
    data: dict[str, Any] = {"account": step.account, "subject": step.subject, "state": "nothing left"}
    before = f"Taken by hand already for this night: {', '.join(sorted(step.taken))}." if step.taken else ""
    if before:
        data |= {"state": "already taken", "steps": sorted(step.taken)}
    verdict = step.verdict
    if verdict is None:
        none = f"{step.account}: no step of its renewal conversation is left."
        return Answer(data, f"{before} Nothing was done." if before else none)
    state = (
        "already taken" if before else "taken" if pressed and step.goes else "shown" if step.goes else verdict.verdict
    )
    data |= {
        "state": state, "play": verdict.play, "step": verdict.step, "planned_on": verdict.planned_on,
        "reason": verdict.reason, "contracts": _contracts(verdict), "task": step.title or None,
        "mails": [_mail(letter) for letter in step.letters],
    }  # fmt: skip
    return Answer(data, _text(step, state))


def _contracts(verdict: "Verdict") -> list[str]:
    """The ids of the contracts that the conversation is about, as --contract takes them."""
    return [subject.removeprefix("contract:") for subject in (verdict.subject, *verdict.members)]


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
        f"contracts: {', '.join(_contracts(verdict))}",
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
    before = f"{', '.join(sorted(step.taken))} was taken by hand for this night."
    ending = {
        "taken": "Taken.",
        "shown": "Nothing was changed; add --apply to take it now.",
        "already taken": f"{before} This one has to wait for the next.",
    }
    return "\n".join([*lines, "", ending.get(state, "It cannot be taken now; nothing was changed.")])
