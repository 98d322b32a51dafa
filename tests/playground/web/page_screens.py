"""Messages and modals in Block Kit for the page to draw: likely screens, and one of everything."""

from typing import Any

from block_kit_samples import Json, actions, field, mrkdwn, plain, section


def option(text: str, value: str, note: str = "") -> Json:
    return {"text": plain(text), "value": value} | ({"description": plain(note)} if note else {})


def button(text: str, action_id: str, **more: Any) -> Json:
    return {"type": "button", "text": plain(text), "action_id": action_id, "value": action_id, **more}


SURE = {
    "title": plain("Stop weekly tips?"), "text": mrkdwn("You keep your progress."), "confirm": plain("Stop them"),
    "deny": plain("Keep them"), "style": "danger",
}  # fmt: skip
ROLES = [
    option("AI Platform Enabler", "enabler", "from DevOps Engineer"),
    option("AI Landscape Navigator", "navigator", "from Data Scientist"),
    option("AI Experience Builder", "builder", "from Frontend Engineer"),
]
COMPARE = [option("Compare roles", "compare"), option("Export my data", "export")]
MY_ROLE: list[Json] = [
    {"type": "header", "text": plain("DevOps Engineer → AI Platform Enabler")},
    section(
        block_id="change",
        text=mrkdwn("*Was* Deploy and monitor services\n*Now* Keep AI systems running"),
        accessory={"type": "overflow", "action_id": "more", "options": COMPARE},
    ),
    {"type": "section", "fields": [mrkdwn("*What is new*\n• Costs"), mrkdwn("*What you watch now*\n• Token usage")]},
    section(text=mrkdwn("▰▰▰▰▰▱▱▱▱▱▱▱ 4 of 9 skills")),
    actions(
        button("Mark as learned", "learned", style="primary"),
        button("A tip now", "tip"),
        button("Change role", "change_role"),
        button("Stop weekly tips", "stop", style="danger", confirm=SURE),
        block_id="do",
    ),
    {"type": "context", "elements": [mrkdwn("_Weekly tips: Tuesdays 09:30, Berlin._")]},
]
TIP: list[Json] = [
    section(text=mrkdwn('*Your tip: put a price on one answer*\nLog the tokens.\n> *Done when* you know "0.4 cents".')),
    actions(button("Mark skill as learned", "learned"), button("Remind me tomorrow", "later"), block_id="tip_do"),
]


def change_role(error_free: bool = True) -> Json:
    """Return the modal of these tests. `error_free=False` gives it another hash, as an update would."""
    role = {"type": "static_select", "action_id": "pick", "placeholder": plain("Pick"), "options": ROLES}
    why = {"type": "plain_text_input", "action_id": "text", "placeholder": plain("One sentence")}
    hint = plain("You can change it again at any time.")
    return {
        "id": "V1",
        "hash": f"1.{int(error_free)}",
        "title": plain("Change role"),
        "submit": plain("Save"),
        "close": plain("Cancel"),
        "state_values": {},
        "blocks": [
            field(role, block_id="role", label=plain("Your new role"), hint=hint),
            field(why, block_id="why", label=plain("Why now"), optional=True),
        ],
    }


def every_input() -> Json:
    """Return a modal with each kind of field, and with blocks that only modals can have."""
    details = {"type": "plain_text_input", "multiline": True, "min_length": 5, "placeholder": plain("What to do")}
    skills = {"type": "multi_static_select", "options": ROLES, "initial_options": ROLES[:2], "max_selected_items": 2}
    elements: list[tuple[str, Json]] = [
        ("Title", {"type": "plain_text_input", "initial_value": "Ship one prompt change", "max_length": 40}),
        ("Details", details),
        ("Role", {"type": "static_select", "options": ROLES, "initial_option": ROLES[1]}),
        ("Skills", skills),
        ("Level", {"type": "radio_buttons", "options": ROLES, "initial_option": ROLES[0]}),
        ("Days", {"type": "checkboxes", "options": ROLES[:2], "initial_options": ROLES[:1]}),
        ("Ends on", {"type": "datepicker", "initial_date": "2026-12-01"}),
        ("At", {"type": "timepicker", "initial_time": "09:30"}),
        ("Lead", {"type": "users_select", "initial_user": "UADA"}),
        ("Channel", {"type": "channels_select", "initial_channel": "CTEAM"}),
        ("Report to", {"type": "conversations_select", "filter": {"include": ["public"]}}),
        ("Goal", {"type": "number_input", "is_decimal_allowed": False, "min_value": "1", "max_value": "22"}),
    ]
    blocks: list[Json] = [
        {"type": "alert", "level": "info", "text": mrkdwn("Only the *channel* sees this challenge.")},
        {"type": "alert", "level": "warning", "text": plain("The channel has 22 members.")},
    ]
    for name, element in elements:
        block_id, may_be_empty = name.lower().replace(" ", "_"), name in ("Report to", "Goal")
        blocks.append(
            field(element | {"action_id": "value"}, block_id=block_id, label=plain(name), optional=may_be_empty)
        )
    words = {"title": plain("Start a challenge"), "submit": plain("Start"), "close": None}
    return {"id": "V2", "hash": "2.1", "state_values": {}, "blocks": blocks, **words}


def rich(kind: str, *elements: Json, **more: Any) -> Json:
    return {"type": f"rich_text_{kind}", "elements": list(elements), **more}


def words(text: str, **more: Any) -> Json:
    return {"type": "text", "text": text, **more}


RICH = [
    rich(
        "section",
        words("text", style={"bold": True, "italic": True}),
        {"type": "user", "user_id": "UADA"},
        {"type": "emoji", "name": "wave"},
    ),
    rich("list", *(rich("section", words(word)) for word in "ab"), style="ordered"),
    rich("quote", words("A quote")),
    rich("preformatted", words("$ pre")),
]
SERIES = [
    {"name": "You", "data": [{"label": "Tools", "value": 3}, {"label": "Product", "value": 1}]},
    {"name": "Team", "data": [{"label": "Tools", "value": 2}, {"label": "Product", "value": 4}]},
]
AXIS = {"categories": ["Tools", "Product"], "y_label": "Skills"}
CHART = {"type": "bar", "series": SERIES, "axis_config": AXIS}
CHOICES: dict[str, Json] = {
    "select": {"type": "static_select", "action_id": "s", "options": ROLES, "placeholder": plain("Role")},
    "date": {"type": "datepicker", "action_id": "d", "initial_date": "2026-12-01"},
    "checks": {"type": "checkboxes", "action_id": "c", "options": ROLES[:2]},
}
EVERYTHING: list[Json] = [
    {"type": "header", "text": plain("One of everything :tada:")},
    section(
        text=mrkdwn(
            "*bold* _italic_ ~struck~ `code` <https://example.com/a?b=1&amp;c=2|a link> <@UADA> <@UBEN> <#CTEAM|team> "
            "<!channel> snake_case_stays 2*3*4 &lt;b&gt; &amp;amp; :rocket: :not_an_emoji:\n> quoted\n• one\n• two\n"
            "```pre *not bold*\nsecond line```<!date^1795512600^{date_long} at {time}|24 November>"
        ),
        accessory={"type": "image", "image_url": "https://example.invalid/a.png", "alt_text": "A diagram"},
    ),
    *(section(block_id=f"sec_{name}", text=mrkdwn("Choose"), accessory=CHOICES[name]) for name in CHOICES),
    actions(
        button("Docs", "docs", url="https://example.com/docs"),
        {"type": "users_select", "action_id": "u", "placeholder": plain("Someone")},
        {"type": "multi_static_select", "action_id": "m", "options": ROLES, "placeholder": plain("Several")},
        {"type": "timepicker", "action_id": "t", "initial_time": "09:30"},
        block_id="mix",
    ),
    {"type": "divider"},
    {"type": "rich_text", "elements": RICH},
    {
        "type": "markdown",
        "text": "## Standard\n**bold**, [link](https://example.com)\n\n- a\n  - b\n\n|x|y|\n|-|-|\n|1|2|",
    },
    {
        "type": "table",
        "column_settings": [{"is_wrapped": True}, {"align": "right"}],
        "rows": [
            [{"type": "raw_text", "text": word} for word in row] for row in (["Theme", "Learned"], ["Speed", "3"])
        ],
    },
    {"type": "data_visualization", "title": "Skills learned by theme", "chart": CHART},
    {"type": "image", "image_url": "https://example.invalid/b.png", "alt_text": "A diagram", "title": plain("Diagram")},
    {"type": "hologram", "text": plain("from the future")},
]
