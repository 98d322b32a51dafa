"""What a check finds: how bad it is, what it is, and how to fix it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial

from bot.slack.blocks import counted


class Severity(Enum):
    OK = "ok"
    SKIPPED = "skipped"  # could not be tried, because something else has to be fixed first
    WARNING = "warning"  # the bot runs, but something is missing or will go wrong
    FAULT = "fault"  # the bot does not start, or does not work


EXIT_CODES = {Severity.OK: 0, Severity.SKIPPED: 0, Severity.WARNING: 1, Severity.FAULT: 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of a check. Neither text may hold a secret."""

    part: str
    says: str
    fix: str = ""
    level: Severity = Severity.OK


ok = Finding
skipped = partial(Finding, level=Severity.SKIPPED)
warning = partial(Finding, level=Severity.WARNING)
fault = partial(Finding, level=Severity.FAULT)


def exit_code(findings: Iterable[Finding]) -> int:
    """Return 0 if all is well, 1 if there are only warnings, and 2 if there is a fault."""
    return max((EXIT_CODES[finding.level] for finding in findings), default=0)


def as_text(findings: Sequence[Finding]) -> str:
    """Return the findings as lines for a person. Findings in a row with the same fix share it."""
    lines = []
    for finding, after in zip(findings, [*findings[1:], None], strict=True):
        lines.append(f"{finding.level.value:<8} {finding.part}: {finding.says}")
        if finding.fix and (after is None or (after.part, after.fix) != (finding.part, finding.fix)):
            lines.append(f"{'':<8} Fix: {finding.fix}")
    counts = ((level, sum(each.level is level for each in findings)) for level in (Severity.FAULT, Severity.WARNING))
    found = " and ".join(counted(count, level.value) for level, count in counts if count)
    return "\n".join([*lines, "", f"{found} found." if found else "Nothing to fix."]) + "\n"


def as_json(findings: Sequence[Finding]) -> str:
    rows = [{"part": each.part, "level": each.level.value, "says": each.says, "fix": each.fix} for each in findings]
    return json.dumps({"exit_code": exit_code(findings), "findings": rows}, indent=2) + "\n"
