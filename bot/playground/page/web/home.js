// The app's Home tab: draws the view that the bot published for the person who is looking.

import { drawBlocks } from "./blocks.js";
import { h, redraw } from "./dom.js";

export class HomeTab {
  #drawn = null; // what stands there, so that an unchanged view keeps focus and scroll
  #values = {};

  /** `act(view, values, action, confirm, node)` is called for a click in the view. */
  constructor(panel, act) {
    this.panel = panel;
    this.act = act;
  }

  clear() {
    this.#drawn = null;
    this.#values = {};
    this.panel.replaceChildren();
  }

  draw(view, ctx) {
    const signature = JSON.stringify(view ?? null);
    if (this.#drawn === signature) return;
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
