"""What the checks of a source may read from: a landing makes the views of these entities alone."""

from models.suite import Suite


def test_joins_and_rules_name_what_they_read() -> None:
    """However it is written: in a subquery, quoted, in capitals; a suite of expectations reads nothing."""
    told = {"severity": "warn", "reason": "for the test of names"}
    join = {"column": "account_id", "to": "accounts", **told}
    condition = 'churned_on >= (SELECT min(c.start_on) FROM "Contracts" AS c) AND NOT EXISTS (FROM csms)'
    suite = Suite.model_validate(
        {"suite": "churn", "joins": [join], "rows": [{"name": "n", "column": "x", "condition": condition, **told}]}
    )
    assert suite.words >= {"accounts", "contracts", "csms"}
    assert "tickets" not in suite.words
    assert Suite.model_validate({"suite": "csms"}).words == frozenset()
