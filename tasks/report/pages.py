"""The report's pages: templates/reports filled by Jinja, escaped, and fenced in by a content security policy."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from models.health import BANDS
from tasks.report.account_views import AccountView
from tasks.report.attention import attention
from tasks.report.charts import renewals_chart, scores_chart
from tasks.report.money import add
from tasks.report.renewals import SOON, soon
from tasks.report.views import RISK_ORDER, Money, Report
from tasks.report.words import FILTERS

FOLDER = "templates/reports"


@dataclass(frozen=True)
class Pages:
    """The templates of one configuration.

    Attributes:
        texts: path in the configuration → template.
        names: account id → file name, of the accounts that have a page.
    """

    texts: Mapping[str, str]
    names: Mapping[str, str]

    def index(self, report: Report) -> str:
        """The first page."""
        due = soon(report.renewals)
        values = {
            "report": report, "names": self.names, "bands": BANDS, "worse": _worse(),
            "attention": attention(report), "soon": due, "soon_until": report.as_of + timedelta(days=SOON),
            "soon_mrr": add(one.mrr for one in due), "risk": {band: index for index, band in enumerate(RISK_ORDER)},
            "soon_red": add(one.mrr for one in due if one.band == "red"),
            "soon_yellow": add(one.mrr for one in due if one.band == "yellow"),
            "book": [("Stage", report.stages), ("Segment", report.segments), ("Touch model", report.touch)],
            "most_open": max((one.open for one in report.work), default=0),
            "scores_chart": scores_chart(report.scores),
            "renewals_chart": renewals_chart(report.months, report.currency),
        }  # fmt: skip
        return self._render("index.html", values)

    def account(self, view: AccountView) -> str:
        """The page of one account."""
        facts = [(name, value) for name, value in view.facts.items() if _told(name, value)]
        values = {
            "view": view, "facts": facts, "ended": [one for one in view.enrollments if one.ended_on],
            "mrr": Money(view.facts.get("mrr_minor") or 0, view.facts.get("currency") or ""),
            "heaviest": max((one.weight or 0 for one in view.health.contributions), default=0) or 1,
        }  # fmt: skip
        return self._render("account.html", values)

    def plan(self, told: Mapping[str, Any]) -> str:
        """The page of what a night would do; `told` is the object of `plan --json`."""
        totals = {
            name: sum(play[name] for play in told["plays"].values()) for name in ("begin", "end", "messages", "tasks")
        }
        acted = [one for one in told["customers"] if one["acted"]]
        return self._render("plan.html", {"plan": told, "totals": totals, "acted": acted})

    def _render(self, template: str, values: Mapping[str, Any]) -> str:
        """A page; the script's hash is what the policy lets run."""
        return self._environment.get_template(template).render({**values, **self._frame})

    @cached_property
    def _frame(self) -> dict[str, Any]:
        """Style and script, which are ours and therefore not escaped, and the script's hash."""
        style, script = (self.texts[f"{FOLDER}/{name}.html"] for name in ("style", "script"))
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        return {"style": Markup(style), "script": Markup(script), "script_hash": Markup(f"sha256-{digest}")}  # noqa: S704

    @cached_property
    def _environment(self) -> Environment:
        """Escapes everything; a name that is not there is an error."""
        texts = {path.removeprefix(f"{FOLDER}/"): text for path, text in self.texts.items()}
        environment = Environment(
            loader=DictLoader(texts), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        environment.filters.update(FILTERS)
        return environment


def _told(name: str, value: Any) -> bool:
    """Whether a fact says anything; signals and milestones stand elsewhere."""
    return value not in (None, "") and not name.startswith(("signal_", "milestone_"))


def _worse() -> dict[str, dict[str, bool]]:
    """Band last night → band tonight → whether that is a step down; losing sight of an account is one."""
    rank = {"green": 0, "yellow": 1, "insufficient_data": 2, "red": 3}
    return {was: {now: rank[now] > rank[was] for now in BANDS} for was in BANDS}
