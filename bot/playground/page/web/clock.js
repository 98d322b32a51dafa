// The bar at the top: what time the bot believes it is, told in your zone, and the buttons that move that time.

import { $, h } from "./dom.js";
import { icon } from "./icons.js";
import { city, clockDay, offset, timeOf } from "./time.js";

const MOVES = [
  ["Now", { reset: true }, "Set the playground's clock back to the real time", null, "now"],
  ["+1 hour", { advance: "hour" }, "Move the playground's clock one hour ahead", null, "hour"],
  ["+1 day", { advance: "day" }, "Move the playground's clock one day ahead"],
  ["+1 week", { advance: "week" }, "Move the playground's clock one week ahead"],
  ["Next", { next: true }, "Move the playground's clock to the next message from the app", " event"],
];

const SHOWN_MS = 12_000;
let hiding;

export function setUpClock(move) {
  const buttons = MOVES.map(([label, change, title, more, name = ""]) => h("button", {
    type: "button", class: `clock-move ${name}`, title, on: { click: (event) => move(change, event.currentTarget) },
  }, label, more && h("span", { class: "clock-more" }, more)));
  $("clock").replaceChildren(icon("clock"), h("p", { class: "clock-now", id: "clock-now" }), h("div", { class: "clock-moves" }, buttons));
}

export function drawClock(world) {
  const now = world.now();
  const { tz } = world.me;
  const [, day, year] = /(.*)( \d+)$/.exec(clockDay(now, tz));
  const moved = Math.abs(world.ahead) > 90_000;
  $("clock").classList.toggle("moved", moved);
  $("clock-now").replaceChildren(
    h("span", { class: "clock-day" }, day, h("span", { class: "clock-year" }, year)), " ", h("strong", {}, timeOf(now, tz)),
    h("span", { class: "clock-zone" }, ` ${city(tz)}, ${offset(now, tz)}`),
    ...(moved ? [h("span", { class: "clock-moved" }, "time travel")] : []));
}

/** What happened while the clock moved: shown below it for a while. */
export function tellNews(text) {
  clearTimeout(hiding);
  $("clock-news").replaceChildren(text);
  hiding = setTimeout(() => $("clock-news").replaceChildren(), SHOWN_MS);
}
