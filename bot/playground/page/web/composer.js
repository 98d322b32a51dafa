// The message box: Enter sends, Shift+Enter breaks the line, `/`, `@` and `#` offer what may follow, ↑ brings back what was typed.

import { $, h } from "./dom.js";
import { icon } from "./icons.js";
import { offersFor } from "./offers.js";

/** Shows the message box of a conversation, or why there is none. */
export function drawComposer(composer, conversation, world) {
  const isChannel = conversation.kind === "channel";
  const name = isChannel ? `#${conversation.name}` : conversation.name;
  const isOpen = conversation.writable;
  composer.show(isChannel ? conversation.id : "dm", `Message ${name}`, world);
  $("composer").hidden = $("skip").hidden = !isOpen;
  $("closed").hidden = isOpen;
  $("closed").replaceChildren(...(isChannel
    ? ["You are viewing ", h("strong", {}, name), ", an archived channel. Nobody can write here."]
    : ["Sending messages to this app has been turned off."]));
}

export class Composer {
  #histories = new Map(); // person → what they sent, oldest first
  #drafts = new Map(); // person and place → what they have not sent
  #person = "";
  #place = ""; // where it is written
  #recalled = 0; // how far back ↑ has gone
  #world = null;
  #offers = [];
  #active = -1;

  /** `send(text)` answers whether it went out; if not, the text comes back into the box. There are no commands in a thread. */
  constructor(form, send, { isReply = false } = {}) {
    Object.assign(this, { send, isReply, optionId: `${form.id}-offer` });
    this.box = h("textarea", {
      id: `${form.id}-text`, rows: "1", dir: "auto", "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-controls": `${form.id}-offers`, spellcheck: "true",
      on: { input: () => this.#changed(), keydown: (event) => this.#key(event), blur: () => this.#offer([]), focus: () => this.#changed() },
    });
    this.list = h("div", { class: "offers", id: `${form.id}-offers`, role: "listbox", "aria-label": "Commands", hidden: true });
    this.button = h("button", { type: "submit", class: "send", "aria-label": isReply ? "Send the reply" : "Send" }, icon("send"));
    const slash = h("button", { type: "button", class: "icon-button", title: "Commands", on: { click: () => this.#startCommand() } }, icon("slash"));
    const keys = h("p", { class: "keys", "aria-hidden": "true" }, h("kbd", {}, "Enter"), " sends, ", h("kbd", {}, "Shift"), "+", h("kbd", {}, "Enter"), " new line");
    const tools = isReply ? [] : [h("span", { id: "composer-shortcuts" }), slash];
    form.append(this.list, this.box, h("div", { class: "composer-bar" }, tools, keys, this.button));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  /** `place` is the same for the app's conversation with each person, although its id differs. */
  show(place, label, world) {
    this.#world = world;
    this.#turnTo(world.me.id, place);
    this.box.placeholder = label;
    this.box.setAttribute("aria-label", label);
    this.#changed();
  }

  /** From now on this person writes; the page that they see may still be on its way. */
  writeAs(person) {
    this.#turnTo(person, this.#place);
  }

  get #owner() {
    return `${this.#person} ${this.#place}`;
  }

  get #typed() {
    if (!this.#histories.has(this.#person)) this.#histories.set(this.#person, []);
    return this.#histories.get(this.#person);
  }

  /** A draft stays with its person and its place. */
  #turnTo(person, place) {
    const before = this.#owner;
    this.#drafts.set(before, this.box.value);
    this.#person = person;
    this.#place = place;
    if (this.#owner === before) return;
    this.#recalled = 0;
    this.#put(this.#drafts.get(this.#owner) ?? "");
  }

  async #submit() {
    const text = this.box.value.trim();
    if (!text) return;
    const owner = this.#owner;
    this.#typed.push(text);
    this.#put("");
    this.#recalled = 0;
    if (await this.send(text)) return;
    if (owner !== this.#owner) this.#drafts.set(owner, this.#drafts.get(owner) || text);
    else if (!this.box.value) {
      this.#put(text);
      this.#offer([]); // a list would hide why it came back
    }
  }

  #put(text) {
    this.box.value = text;
    this.#changed();
  }

  #changed() {
    this.box.style.height = "auto";
    this.box.style.height = `${Math.min(this.box.scrollHeight, 220)}px`;
    this.button.classList.toggle("ready", Boolean(this.box.value.trim()));
    if (document.activeElement === this.box && this.#world) this.#offerMore();
  }

  #offerMore() {
    const { label, offers } = offersFor(this.#beforeCaret(), this.#world, !this.isReply);
    this.list.setAttribute("aria-label", label);
    this.#offer(offers);
  }

  #beforeCaret() {
    return this.box.value.slice(0, this.box.selectionStart);
  }

  #offer(offers) {
    this.#offers = offers;
    this.#active = offers.length && !offers[0].isHint ? 0 : -1;
    this.#drawOffers();
  }

  #drawOffers() {
    const rows = this.#offers.map((offer, i) => h("div", {
      role: "option", id: `${this.optionId}-${i}`, class: i === this.#active ? "offer active" : "offer", "aria-selected": String(i === this.#active),
      on: { mousedown: (event) => { event.preventDefault(); this.#take(offer); } },
    }, h("span", { class: "offer-name" }, offer.face, offer.name, offer.usage && h("span", { class: "offer-usage" }, offer.usage)),
    h("span", { class: "offer-note" }, offer.note)));
    this.list.replaceChildren(...rows);
    this.list.hidden = !rows.length;
    this.box.setAttribute("aria-activedescendant", this.#active < 0 ? "" : `${this.optionId}-${this.#active}`);
    this.list.children[this.#active]?.scrollIntoView({ block: "nearest" });
  }

  /** Completes what stands before the caret; what follows it stays. */
  #take(offer) {
    const after = this.box.value.slice(this.box.selectionStart).replace(/^ /, "");
    this.box.value = offer.put + after;
    this.box.setSelectionRange(offer.put.length, offer.put.length);
    this.#changed();
  }

  #key(event) {
    if (event.isComposing) return;
    const chosen = this.#offers[this.#active];
    if (event.key === "Escape" && this.#offers.length) this.#handled(event, () => this.#offer([]));
    else if (event.key === "Tab" && !event.shiftKey && this.#completable()) this.#handled(event, () => this.#take(chosen ?? this.#offers[0]));
    else if (event.key === "Enter" && !event.shiftKey) this.#handled(event, () => (chosen && !chosen.isDone ? this.#take(chosen) : this.#submit()));
    else if (event.key === "ArrowUp" || event.key === "ArrowDown") this.#arrow(event, event.key === "ArrowUp" ? -1 : 1);
  }

  #completable() {
    return this.#offers.some((offer) => offer.completes);
  }

  #handled(event, action) {
    event.preventDefault();
    action();
  }

  #arrow(event, step) {
    const isRecalling = this.#recalled > 0 && this.box.value === this.#typed.at(-this.#recalled);
    if (this.box.value && !isRecalling && this.#offers.length) {
      this.#handled(event, () => {
        this.#active = (Math.max(this.#active, step < 0 ? 0 : -1) + step + this.#offers.length) % this.#offers.length;
        this.#drawOffers();
      });
    } else if (!this.box.value || isRecalling) this.#handled(event, () => this.#recall(step));
  }

  #recall(step) {
    this.#recalled = Math.min(Math.max((this.box.value ? this.#recalled : 0) - step, 0), this.#typed.length);
    this.#put(this.#recalled ? this.#typed.at(-this.#recalled) : "");
    this.#offer([]);
  }

  #startCommand() {
    this.box.focus();
    this.#put("/");
  }
}
