// The bar at the top: what time the bot believes it is, told in your zone, and the buttons that move that time.

import { $, h } from "./dom.js";
import { icon } from "./icons.js";
import { city, clockDay, offset, timeOf } from "./time.js";

const MOVES = [
  ["Now", { reset: true }, "Set the playground's clock back to the real time"],
  ["+1 hour", { advance: "hour" }, "Move the playground's clock one hour ahead"],
  ["+1 day", { advance: "day" }, "Move the playground's clock one day ahead, to a working hour"],
  ["+1 week", { advance: "week" }, "Move the playground's clock one week ahead, to a working hour"],
];

export function setUpClock(move) {
  const buttons = MOVES.map(([label, change, title]) => h("button", {
    type: "button", class: "clock-move", title, on: { click: (event) => move(change, event.currentTarget) },
  }, label));
  $("clock").replaceChildren(icon("clock"), h("p", { class: "clock-now", id: "clock-now" }), h("div", { class: "clock-moves" }, buttons));
}

export function drawClock(world) {
  const now = world.now();
  const { tz } = world.me;
  const moved = Math.abs(world.ahead) > 90_000;
  $("clock").classList.toggle("moved", moved);
  $("clock-now").replaceChildren(
    h("span", { class: "clock-day" }, clockDay(now, tz)), " ", h("strong", {}, timeOf(now, tz)),
    h("span", { class: "clock-zone" }, ` ${city(tz)}, ${offset(now, tz)}`),
    ...(moved ? [h("span", { class: "clock-moved" }, "time travel")] : []));
}
