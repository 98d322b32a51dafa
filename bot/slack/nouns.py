"""Everything that people can ask of the bot, noun by noun, in the order of the help."""

from bot.slack import ask, home, menu, privacy, progress, role, show, situation, skill, theme
from bot.slack.challenge import entry, run, start, suggest
from bot.slack.challenge import list as challenge
from bot.slack.noun import Nouns
from bot.slack.team import admins, announce, audit, content, desk, settings, teams
from bot.slack.team import lines as reported
from bot.slack.tip import begin, blocked, check, did, given, lines, plan, tips

NOUNS = Nouns(
    (
        home.noun, menu.noun, role.noun, ask.noun, skill.noun, progress.noun, given.noun, begin.noun, did.noun,
        lines.noun, show.noun, plan.noun, check.noun, blocked.noun, situation.noun, tips.noun,
        challenge.noun, start.noun, suggest.noun, entry.noun, run.noun, theme.noun, content.policy_noun, desk.noun,
        reported.noun, teams.noun, settings.noun, announce.noun, admins.noun, audit.noun, content.noun, privacy.noun,
    )
)  # fmt: skip
