// Notices: short ones in the corner, gone after a while or at a click; a banner while something lasts; words that are heard.

import { $, h } from "./dom.js";
import { icon } from "./icons.js";

const SHOWN_MS = 9000;

/** `stays`: until it is dismissed. */
export function toast(text, { stays = false } = {}) {
  const box = $("toasts");
  for (const same of box.children) if (same.dataset.text === text) same.remove();
  const dismiss = h("button", { type: "button", class: "toast-close", "aria-label": "Dismiss", on: { click: () => note.remove() } }, icon("close"));
  const note = h("div", { class: "toast", data: { text } }, icon("info"), h("span", {}, text), dismiss);
  const host = document.querySelector("dialog[open].modal") ?? document.body; // a modal makes everything outside it inert
  if (box.parentElement !== host) host.append(box);
  box.append(note);
  if (!stays) setTimeout(() => note.remove(), SHOWN_MS);
}

/** Takes all notices away. */
export function clearToasts() {
  $("toasts").replaceChildren();
}

/** Says something to screen readers alone. */
export function announce(text) {
  $("announcer").replaceChildren(text);
}

/** Shows a line across the page until it is called again; without text it is hidden. */
export function banner(text) {
  $("banner").hidden = !text;
  $("banner").replaceChildren(text ?? "");
}
