// A few commands for a newcomer to try, below the messages.

import { $, focusedKey, h } from "./dom.js";

/** Draws the app's command, alone and with the first words of its usage hint. `say(text)` is called for a click. */
export function drawTries(world, say) {
  const [command] = world.commands;
  const words = (command?.usage_hint ?? "").split(/[·|[\]]/).map((word) => word.trim()).filter((word) => /^[a-z]+$/.test(word));
  const lines = command ? [command.command, ...words.slice(0, 2).map((word) => `${command.command} ${word}`)] : [];
  const chips = lines.map((text) => h("button", { type: "button", class: "try", on: { click: () => say(text) } }, text));
  const key = focusedKey($("tries"));
  $("tries").replaceChildren(h("span", { class: "tries-title", id: "tries-title" }, "New here? Try"), h("div", { class: "chips", role: "group", "aria-labelledby": "tries-title" }, chips));
  if (key !== null) $("tries").querySelector("button")?.focus();
}
