// For newcomers: an app's first steps, each a button that does it, ticked once the app says that it is done; commands to try.

import { fetchGuide } from "./api.js";
import { avatar } from "./avatar.js";
import { $, focusedKey, h, redraw } from "./dom.js";
import { icon } from "./icons.js";

const CLOSED = "guide-closed"; // in this tab's storage, until *Reset*

/** For the visitor of this tab, whichever person they play at the moment. */
export const reopenGuide = () => sessionStorage.removeItem(CLOSED);

/** The app introduces itself at the beginning of its conversation, as its manifest describes it. */
export function drawIntro(box, world, isHere) {
  const { bot } = world;
  box.hidden = !isHere || !bot.description;
  if (box.hidden || box.childElementCount) return;
  box.append(avatar({ ...bot, kind: "bot" }), h("p", { class: "intro-name" }, bot.name), h("p", {}, bot.description));
}

/** A few commands to try, below the messages: the app's command, alone and with the first words of its usage hint. `say(text)` is called for a click. */
export function drawTries(world, say) {
  const [command] = world.commands;
  const words = (command?.usage_hint ?? "").split(/[·|[\]]/).map((word) => word.trim()).filter((word) => /^[a-z]+$/.test(word));
  const lines = command ? [command.command, ...words.slice(0, 2).map((word) => `${command.command} ${word}`)] : [];
  const chips = lines.map((text) => h("button", { type: "button", class: "try", on: { click: () => say(text) } }, text));
  const key = focusedKey($("tries"));
  $("tries").replaceChildren(h("span", { class: "tries-title", id: "tries-title" }, "New here? Try"), h("div", { class: "chips", role: "group", "aria-labelledby": "tries-title" }, chips));
  if (key !== null) $("tries").querySelector("button")?.focus();
}

export class Guide {
  #person = null;
  #steps = null; // {title, steps, ending} of the person, or null
  #drawn = "";
  #isReading = false;
  #isStale = false;

  /** `send(command, button)` and `next(button)` do a step; `changed()` runs when the card comes or goes. */
  constructor(box, { send, next, changed }) {
    Object.assign(this, { box, send, next, changed });
    this.hint = h("p", { class: "guide-hint", role: "status" });
  }

  get isOpen() {
    return Boolean(this.#steps) && !sessionStorage.getItem(CLOSED);
  }

  /** Reads what this person has done. A call while it is on its way makes it read once more. */
  async read(person) {
    if (person !== this.#person) this.#steps = null;
    this.#person = person;
    this.#isStale = true;
    if (this.#isReading) return;
    this.#isReading = true;
    while (this.#isStale) {
      this.#isStale = false;
      const asked = this.#person;
      const steps = await fetchGuide(asked).catch(() => this.#steps); // the next event tries again
      if (asked === this.#person) this.#steps = steps;
    }
    this.#isReading = false;
    this.changed();
  }

  draw(isHere) {
    this.box.hidden = !isHere || !this.isOpen;
    const signature = JSON.stringify(this.#steps);
    if (this.box.hidden || signature === this.#drawn) return;
    this.#drawn = signature;
    const { title, steps, ending } = this.#steps;
    const next = steps.find((step) => !step.done);
    redraw(this.box,
      h("h2", { class: "guide-title", id: "guide-title" }, title),
      h("button", { type: "button", class: "icon-button", "aria-label": "Close these steps", data: { key: "close" }, on: { click: () => this.#close() } }, icon("close")),
      h("ol", { class: "guide-steps" }, steps.map((step, i) => h("li", {}, this.#button(step, i + 1, step === next)))),
      this.hint);
    const words = next?.hint ?? ending;
    if (this.hint.textContent !== words) this.hint.textContent = words;
  }

  #button(step, number, isNext) {
    const doIt = ({ currentTarget }) => (step.command ? this.send(step.command, currentTarget) : this.next(currentTarget));
    const sign = h("span", { class: "guide-sign", "aria-hidden": "true" }, step.done ? icon("check") : String(number));
    return h("button", {
      type: "button", class: `button${isNext ? " primary" : ""}${step.done ? " done" : ""}`, "aria-current": isNext && "step", data: { key: step.id }, on: { click: doIt },
    }, sign, step.label, step.done && h("span", { class: "visually-hidden" }, "done"));
  }

  #close() {
    sessionStorage.setItem(CLOSED, "yes");
    this.changed();
  }
}
