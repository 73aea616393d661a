"""Pages that customers are sent to: a survey without one is told before anybody is asked."""

import pytest

from config.files import Files, read_files
from tasks.check import check

NEEDY = """---
subject: "Shall we talk?"
needs: [booking.url]
---
[Choose a time]({{ booking.url }})
"""


@pytest.mark.parametrize(
    ("page", "key", "more"),
    [
        ("survey_url", ".survey", {}),
        ("booking_url", "steps.", {"templates/emails/quarterly-business-review/schedule.en.md": NEEDY}),
    ],
)
def test_a_page_that_is_needed_and_missing_is_told(page: str, key: str, more: dict[str, str]) -> None:
    """With the play and the step that needs it, and where to write it."""
    ours = {**read_files().texts, **more}
    bare = "\n".join(line for line in ours["config/perennial.yaml"].splitlines() if not line.startswith(page))
    assert check(Files(ours)) == []
    found = check(Files({**ours, "config/perennial.yaml": bare}))
    assert found
    for problem in found:
        assert problem.file.startswith("config/plays/")
        assert key in problem.key
        assert f"{page}:" in problem.problem


def test_an_invitation_that_is_not_written_is_told() -> None:
    """Like the template of any other step."""
    ours = read_files()
    path = "config/plays/plan-30-60-90.yaml"
    files = Files({**ours.texts, path: ours[path].replace("plan/plan-meeting", "plan/plan-meetng", 1)})
    (problem,) = check(files)
    assert problem.key.endswith("meeting.invite")
    assert "did you mean 'plan/plan-meeting'" in problem.problem
