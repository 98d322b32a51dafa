// The app's Home tab: draws the view that the bot published for the person who is looking.

import { drawBlocks } from "./blocks.js";
import { h, redraw } from "./dom.js";
import { hasOpen, whenClosed } from "./popover.js";

export class HomeTab {
  #drawn = null; // what stands there, so that an unchanged view keeps focus and scroll
  #values = {};
  #next = null; // what could not be drawn while a menu was open

  /** `act(view, values, action, confirm, node)` is called for a click in the view. */
  constructor(panel, act) {
    this.panel = panel;
    this.act = act;
    whenClosed(panel, () => this.#next && this.draw(...this.#next));
  }

  clear() {
    this.#drawn = this.#next = null;
    this.#values = {};
    this.panel.replaceChildren();
  }

  draw(view, ctx) {
    const signature = JSON.stringify(view ?? null);
    this.#next = null;
    if (this.#drawn === signature) return;
    if (hasOpen(this.panel)) {
      this.#next = [view, ctx];
      return;
    }
    this.#drawn = signature;
    redraw(this.panel, view ? this.#content(view, ctx) : h("p", { class: "home-empty" }, "The app has not drawn its Home yet."));
  }

  #content(view, ctx) {
    const values = { ...view.state_values, ...this.#values };
    this.#values = values;
    const surface = { ctx, values, place: { view_id: view.id }, act: (action, confirm, node) => this.act(view, values, action, confirm, node) };
    return h("div", { class: "home-view" }, h("h2", { class: "visually-hidden" }, "Home"), drawBlocks(view.blocks, surface));
  }
}
