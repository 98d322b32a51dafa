"""What the buttons of a tip are called. The value of each is a `TipRef`, unless it says something else."""

DID, UNDO, LINE, LEARN = "did-tip", "undo-tip", "line-tip", "learn-tip"
TOLD = "line-told"  # a TipRef and the line that the member wrote
WHEN, UNPLAN, CALENDAR = "when-tip", "unplan-tip", "calendar-tip"
NOT_MY_WORK, BLOCKED, WHOLE = "not-my-work", "blocked-tip", "show-tip"
SEE_ONE_DONE, TEMPLATE, ABOUT_SKILL = "see-one-done", "skill-template", "about-skill"
SHOW_TIP, SHOW_CHALLENGE = "found-tip", "found-challenge"  # *Open* beside what was found: the id of a tip or a template
# Those of a step of a project:
COPY_KIT, COPY_REQUEST, REVIEW = "copy-kit", "copy-request", "have-reviewed"
HAVE, SKIP, OTHERS = "have-this", "skip-step", "other-projects"
BEGIN, STOP, LEAVE, LEARN_ALL, SHOW = "begin-project", "stop-project", "leave-project", "learn-project", "show-project"

SHOW_TEAM = "show-to-team"  # its value is the id of a team's project, and a TipRef where a step asks
