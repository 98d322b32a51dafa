"""What a person reads after an installation, or after one that failed: each page says what to do next."""

import re
from collections.abc import Collection

from bot.slack.manifest import OPTIONAL_SCOPES
from bot.slack.oauth.page import Button, Page

# What a workspace lacks without each optional scope.
LOST = {
    "im:write": "If Slack's answer to a member's first tip is lost, the bot can't look up whether the tip arrived.",
    "im:history": "The bot does not read direct messages: people type `/roleshift` instead. If Slack's answer to a tip "
    "is lost, the bot can't look up whether the tip arrived, and does not send it again.",
    "app_mentions:read": "The bot does not answer when it is mentioned in a channel.",
}
NEXT = (
    "In Slack, type `/roleshift` in any channel, or open roleshift under Apps, and choose your role.",
    "Nobody gets a tip by direct message before they ask for it, with `/roleshift tips on`.",
    "For a challenge in a channel, invite the bot there: `/invite @roleshift`.",
)
NOT_DISTRIBUTED = "invalid_team_for_non_distributed_app"
BAD_SETTINGS = {
    "bad_client_secret", "bad_redirect_uri", "invalid_client_id", "oauth_authorization_url_mismatch", "invalid_scope",
    "invalid_team_for_non_distributed_app", "team_not_allowed",
}  # fmt: skip


def installed(workspace: str, missing: Collection[str], address: str) -> Page:
    """Say that the app is installed, what happens next, and which features are off for lack of optional scopes."""
    lost = [f"`{scope}` was not granted. {LOST[scope]}" for scope in OPTIONAL_SCOPES if scope in missing]
    if lost:
        lost.append("To change that, install roleshift once more and grant it. Nothing that is stored gets lost.")
    return Page(
        f"roleshift is installed in {workspace or 'your workspace'}",
        "You can close this page.",
        Button("Open roleshift in Slack", address),
        next_steps=NEXT,
        switched_off=lost,
    )


def again(title: str, text: str, address: str, status: int = 400) -> Page:
    """Say what went wrong, and offer to begin anew."""
    return Page(title, text, Button("Start again", address), status)


def cancelled(address: str) -> Page:
    """Say that the person did not allow the installation."""
    return Page(
        "The installation was cancelled",
        "Nothing was stored. If you changed your mind, or clicked Cancel by mistake, start again.",
        Button("Install roleshift", address),
    )


def refused(reason: str, address: str) -> Page:
    """Say that Slack refused the installation. Anybody may write the reason, so it is shown only if it is a name."""
    name = f" (`{reason}`)" if re.fullmatch("[a-z_]{1,60}", reason) else ""
    if reason == NOT_DISTRIBUTED:
        text = (
            "Tell the people who run this bot: public distribution must be turned on, in the app's settings at Slack."
        )
        return again(f"Slack installs this app in its own workspace only{name}", text, address)
    if reason in BAD_SETTINGS:
        text = "Tell the people who run this bot: its settings and those of the Slack app do not fit together."
        return again(f"Slack refused the installation{name}", text, address)
    return again(f"Slack refused the installation{name}", "Nothing was stored. Start again.", address)


def link_used(address: str) -> Page:
    """Say that the link does not work."""
    text = (
        "It works once, for ten minutes, and only in the browser in which you began. That keeps others from "
        "installing something in your name."
    )
    return again("This link does not work any more", text, address)


def unanswered(address: str) -> Page:
    """Say that Slack does not answer."""
    return again("Slack does not answer", "Nothing was stored. Wait a minute, and start again.", address, 503)


def not_stored(address: str) -> Page:
    """Say that the database does not answer."""
    return again("This could not be stored", "Nothing was changed. Wait a minute, and start again.", address, 503)


def unconfirmed(address: str) -> Page:
    """Say that the database did not confirm what was stored."""
    text = "It may be stored or not. Wait a minute, and start again: to install roleshift twice does no harm."
    return again("The database did not confirm this", text, address, 503)


def broken(reference: str, address: str) -> Page:
    """Say that something broke. The log has the same reference."""
    text = f"Wait a minute, and start again. If it happens again, tell the people who run this bot: `{reference}`."
    return again("That broke on our side", text, address, 500)


def too_many(address: str) -> Page:
    """Say that too many people install the app at the same time."""
    return again("Too many installations at once", "Wait a minute, and start again.", address, 429)


def lacks(scopes: Collection[str], address: str) -> Page:
    """Say which scopes are missing without which nothing works."""
    named = ", ".join(f"`{scope}`" for scope in sorted(scopes))
    return again("Slack did not grant what roleshift needs", f"It can't work without {named}.", address)


def organisation(address: str) -> Page:
    """Say that the app can't be installed for a whole Enterprise organisation."""
    return again(
        "roleshift can't be installed for a whole organisation",
        "Choose one workspace of your organisation at the top of Slack's page, and install it there.",
        address,
    )


def removed(address: str) -> Page:
    """Say that the app was removed again before its installation was stored."""
    return again("roleshift was removed meanwhile", "Nothing was stored. Start again.", address)
