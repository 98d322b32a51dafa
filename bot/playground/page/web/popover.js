// Puts a floating panel next to the button that opens it; the browser closes it at Escape or a click elsewhere.

import { h } from "./dom.js";

const GAP = 4;

/**
 * Joins `button` and `panel`; `opening` runs just before it shows, `opened` and `closed` a little after. `first`
 * takes the focus at once, so that no key is lost. The panel becomes a sibling of the button, because
 * a panel outside an open dialog could not be reached.
 */
export function popover(button, panel, { first, opening, opened, closed }) {
  panel.setAttribute("popover", "auto");
  button.setAttribute("aria-expanded", "false");
  button.popoverTargetElement = panel;
  panel.addEventListener("beforetoggle", (event) => {
    button.setAttribute("aria-expanded", String(event.newState === "open"));
    first.autofocus = event.newState === "open"; // only now: at its insertion the browser would look for a focus to give
    if (event.newState === "open") opening?.();
  });
  const follow = () => place(button, panel);
  const growing = new ResizeObserver(follow); // several chosen options make a select box higher
  panel.addEventListener("toggle", (event) => {
    const isOpen = event.newState === "open";
    const change = isOpen ? window.addEventListener : window.removeEventListener;
    change.call(window, "resize", follow);
    change.call(window, "scroll", follow, true);
    if (isOpen) growing.observe(button);
    else growing.disconnect();
    if (!isOpen) return closed?.();
    opened?.();
    follow();
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation(); // the modal underneath stays open
    panel.hidePopover();
    button.focus();
  });
  return h("span", { class: "popover-anchor" }, button, panel);
}

/** Whether a menu or a select box is open inside `node`. */
export const hasOpen = (node) => node.querySelector(":popover-open") !== null;

/** Runs `then` whenever one of those inside `root` closes. */
export function whenClosed(root, then) {
  root.addEventListener("toggle", (event) => event.newState === "closed" && event.target.matches("[popover]") && then(), true);
}

function place(button, panel) {
  const anchor = button.getBoundingClientRect();
  const width = Math.min(Math.max(anchor.width, panel.offsetWidth), window.innerWidth - 2 * GAP);
  const below = window.innerHeight - anchor.bottom - 2 * GAP;
  const above = anchor.top - 2 * GAP;
  const goesUp = below < Math.min(panel.scrollHeight, 240) && above > below;
  const left = Math.max(GAP, Math.min(anchor.left, window.innerWidth - width - GAP));
  panel.style.left = `${left}px`;
  panel.style.minWidth = `${Math.min(anchor.width, width)}px`;
  panel.style.maxHeight = `${Math.min(goesUp ? above : below, 360)}px`;
  panel.style.top = goesUp ? "auto" : `${anchor.bottom + GAP}px`;
  panel.style.bottom = goesUp ? `${window.innerHeight - anchor.top + GAP}px` : "auto";
}

/** A menu of buttons behind `button`: arrows move, Enter picks. `items` are `{label, description, pick}`. */
export function menu(button, items) {
  const entries = items.map(({ label, description, pick }) =>
    h("button", { type: "button", role: "menuitem", tabindex: "-1", class: "menu-item", on: { click: () => choose(pick) } },
      h("span", {}, label), description && h("span", { class: "menu-note" }, description)));
  const panel = h("div", { class: "menu", role: "menu" }, entries);
  const choose = (pick) => {
    panel.hidePopover();
    button.focus();
    pick();
  };
  panel.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Tab") panel.hidePopover();
    if (!step) return;
    event.preventDefault();
    const next = entries.indexOf(document.activeElement) + step;
    entries[(next + entries.length) % entries.length].focus();
  });
  button.setAttribute("aria-haspopup", "menu");
  return popover(button, panel, { first: entries[0] });
}
