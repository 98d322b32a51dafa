// The bar above a conversation: its name and topic, and for the app the tabs Home and Messages.

import { $, h, redraw } from "./dom.js";
import { icon } from "./icons.js";

const TABS = [["home", "Home"], ["messages", "Messages"]];

/** `tab` is the one that is open; `pick(tab)` runs when another one is chosen. */
export function drawHeader(conversation, bot, tab, pick) {
  const isChannel = conversation.kind === "channel";
  const name = h("h1", { class: "conversation-name", id: "conversation-name" },
    isChannel && icon(conversation.archived ? "archive" : "hash"), conversation.name, !isChannel && h("span", { class: "badge" }, "APP"));
  const rest = isChannel ? h("p", { class: "topic", title: conversation.topic }, conversation.topic) : bot.home_tab && tabs(tab, pick);
  redraw($("conversation-header"), name, rest || "");
}

function tabs(current, pick) {
  const turn = (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    pick(current === "home" ? "messages" : "home");
    $(`tab-${current === "home" ? "messages" : "home"}`).focus();
  };
  return h("div", { class: "tabs", role: "tablist", "aria-label": "The app's tabs", on: { keydown: turn } },
    TABS.map(([id, label]) => h("button", {
      type: "button", role: "tab", class: "tab", id: `tab-${id}`, "aria-selected": String(id === current), "aria-controls": id === "home" ? "home" : "scroller",
      tabindex: id === current ? null : "-1", data: { key: id }, on: { click: () => pick(id) },
    }, label)));
}
