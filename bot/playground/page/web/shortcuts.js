// The app's shortcuts: in the menu of each message, and beside the message box.

import { $, h } from "./dom.js";
import { icon } from "./icons.js";
import { menu } from "./popover.js";

let drawn = ""; // what stands beside the message box, so that an open menu stays

/**
 * A reaction, *Reply in thread* and the ⋯ of a message; none where only its reader sees it, as in Slack. `ctx.use(id, message, node)` uses a
 * shortcut; `ctx.openThread(ts)` is missing where the thread is open already.
 */
export function messageMenu(message, ctx) {
  const offered = ctx.shortcuts.filter((shortcut) => shortcut.type === "message");
  if (message.ephemeral) return null;
  const reply = ctx.openThread && h("button", {
    type: "button", class: "icon-button", title: "Reply in thread", data: { key: "reply" }, on: { click: () => ctx.openThread(message.ts) },
  }, icon("reply"));
  const react = ctx.react && h("button", {
    type: "button", class: "icon-button", title: "React with thumbs up", data: { key: "react" }, on: { click: () => ctx.react(message, "+1") },
  }, h("span", { "aria-hidden": "true" }, "👍"));
  if (!offered.length) return reply && h("div", { class: "message-menu" }, react, reply);
  const button = h("button", { type: "button", class: "icon-button", title: "Message menu", data: { key: "more" } }, icon("more"));
  return h("div", { class: "message-menu" }, react, reply, menu(button, items(offered, (id) => ctx.use(id, message, button))));
}

/** The ⚡ beside the message box. `use(id, message, node)` uses a shortcut. */
export function drawShortcuts(shortcuts, use) {
  const offered = shortcuts.filter((shortcut) => shortcut.type === "global");
  if (drawn === JSON.stringify(offered)) return;
  drawn = JSON.stringify(offered);
  const button = h("button", { type: "button", class: "icon-button", title: "Shortcuts" }, icon("bolt"));
  $("composer-shortcuts").replaceChildren(...(offered.length ? [menu(button, items(offered, (id) => use(id, null, button)))] : []));
}

const items = (shortcuts, use) => shortcuts.map((shortcut) => ({ label: shortcut.name, description: shortcut.description, pick: () => use(shortcut.callback_id) }));
