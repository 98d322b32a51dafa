// Shows the topmost view of the stack as a modal form, and keeps what was typed when a view changes or comes back.

import { drawBlocks } from "./blocks.js";
import { busy, isBusy, settle } from "./busy.js";
import { closeButton, openDialog } from "./dialog.js";
import { $, focusedKey, h, restoreFocus, uid } from "./dom.js";
import { clearFault, showFaults } from "./fields.js";
import { icon } from "./icons.js";
import { textOf } from "./mrkdwn.js";
import { announce } from "./toast.js";

export class Modals {
  #kept = new Map(); // view id → state values
  #stack = [];
  #drawn = null; // {id, hash, depth} of what stands on the screen
  #dialog = null;
  #form = null;

  /** `handlers`: `act(view, values, action, confirm, node)`, `submit(view, values)`, `close(view, all)`; each may reject. */
  constructor(handlers) {
    this.handlers = handlers;
  }

  show(views, ctx) {
    this.#stack = views;
    for (const id of this.#kept.keys()) if (!views.some((view) => view.id === id)) this.#kept.delete(id);
    const top = views.at(-1);
    if (!top) return this.#hide();
    const same = this.#drawn && this.#drawn.id === top.id;
    if (same && this.#drawn.hash === top.hash && this.#drawn.depth === views.length) return undefined;
    this.#dialog ??= openDialog("dialog modal", () => this.#closeTop());
    this.#draw(top, ctx, same);
    this.#drawn = { id: top.id, hash: top.hash, depth: views.length };
    return undefined;
  }

  showErrors(viewId, errors) {
    if (this.#drawn?.id !== viewId) return;
    const homeless = showFaults(this.#form, errors);
    const note = this.#form.querySelector(".form-error");
    note.replaceChildren(...(homeless.length ? [icon("warning"), homeless.join(" ")] : []));
    note.hidden = !homeless.length;
    announce(Object.values(errors).join(" "));
  }

  #hide() {
    if (!this.#dialog) return;
    if (this.#dialog.contains($("toasts"))) document.body.append($("toasts"));
    this.#dialog.close();
    this.#dialog.remove();
    this.#dialog = this.#form = this.#drawn = null;
    if (document.activeElement === document.body) document.querySelector(".scroller:not([hidden])").focus({ preventScroll: true });
  }

  #draw(view, ctx, same) {
    const focused = same ? focusedKey(this.#dialog) : null;
    const isNext = !same || focused === "submit"; // what came of a submit is another step, and begins at its beginning
    const key = isNext ? null : focused;
    const scrolled = isNext ? 0 : this.#form.querySelector(".dialog-body").scrollTop;
    const values = this.#valuesFor(view);
    const surface = {
      ctx, values, place: { view_id: view.id },
      act: (action, confirm, node) => this.handlers.act(view, values, action, confirm, node),
      edited: (blockId) => clearFault(this.#form, blockId),
    };
    const title = h("h2", { class: "dialog-title", id: uid("title") }, textOf(view.title));
    const back = this.#stack.length > 1 && h("button", { type: "button", class: "icon-button", "aria-label": "Back", on: { click: () => this.#closeTop() } }, icon("back"));
    const head = h("header", { class: "dialog-head" }, back, title, closeButton("Close", () => this.#closeTop(true)));
    const body = h("div", { class: "dialog-body" }, h("p", { class: "form-error", role: "alert", hidden: true }), drawBlocks(view.blocks, surface));
    this.#form = h("form", { class: "dialog-form", novalidate: true, on: { submit: (event) => this.#submit(event, view, values) } }, head, body, this.#foot(view));
    const toasts = this.#dialog.querySelector("#toasts");
    this.#dialog.replaceChildren(this.#form, ...(toasts ? [toasts] : []));
    this.#dialog.setAttribute("aria-labelledby", title.id);
    body.scrollTop = scrolled;
    if (key !== null) restoreFocus(this.#form, key);
    else startAt(body, this.#form.querySelector(".dialog-foot button:last-child"));
  }

  /** Kept states win over the server's: a view that is updated keeps what was typed wherever block and action stay the same. */
  #valuesFor(view) {
    const kept = this.#kept.get(view.id) ?? {};
    const ids = view.blocks.map((block, i) => block.block_id ?? `block-${i}`).filter((id) => view.state_values?.[id] ?? kept[id]);
    const values = Object.fromEntries(ids.map((id) => [id, { ...view.state_values?.[id], ...kept[id] }]));
    this.#kept.set(view.id, values);
    return values;
  }

  #foot(view) {
    const words = textOf(view.close) || (view.submit ? "Cancel" : "Close");
    const close = h("button", { type: "button", class: "button", on: { click: () => this.#closeTop() } }, words);
    const submit = view.submit && h("button", { type: "submit", class: "button primary", data: { key: "submit" } }, textOf(view.submit));
    return h("footer", { class: "dialog-foot" }, close, submit);
  }

  async #submit(event, view, values) {
    event.preventDefault();
    const button = this.#form.querySelector("button[type=submit]");
    if (!button || isBusy(button)) return;
    busy(button);
    if (!(await this.handlers.submit(view, values))) settle(button);
  }

  /** Return to the view below. The x, and a view with `clear_on_close`, close all of them. */
  #closeTop(all = false) {
    const top = this.#stack.at(-1);
    if (top) this.handlers.close(top, all || top.clear_on_close === true);
  }
}

/** Focus the first control; if it lies below what can be seen, the text before it is read first. */
function startAt(body, fallback) {
  const first = body.querySelector("input, textarea, .picker, button") ?? fallback;
  const isBelow = body.contains(first) && first.getBoundingClientRect().bottom > body.getBoundingClientRect().bottom;
  if (isBelow) body.tabIndex = -1;
  (isBelow ? body : first).focus();
}
