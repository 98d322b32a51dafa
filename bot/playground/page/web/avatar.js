// Draws a face for people and apps: initials on a colour that stays the same for the same id.

import { h } from "./dom.js";
import { icon } from "./icons.js";

const TINTS = 9;

function initials(name) {
  const words = name.replace(/[^\p{L}\p{N} ]/gu, "").split(/\s+/).filter(Boolean);
  const picked = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return picked.map((word) => [...word][0].toUpperCase()).join("") || "?";
}

const seats = new Map();

/** Gives the people of a workspace a colour each, in their order, so that neighbours never look alike. */
export const seat = (people) => people.forEach((person, i) => seats.set(person.id, i % TINTS));

function tint(id) {
  if (seats.has(id)) return seats.get(id);
  let hash = 7;
  for (const letter of id) hash = (hash * 31 + letter.codePointAt(0)) % 65521;
  return hash % TINTS;
}

/** `who` is `{id, name, kind}`; an author of kind "bot" or "slack" gets a sign instead of initials. */
export function avatar(who, size = "medium") {
  const isApp = who.kind === "bot" || who.kind === "slack";
  const look = isApp ? `avatar-${who.kind}` : `tint-${tint(who.id)}`;
  const sign = isApp && icon(who.kind === "bot" ? "shift" : "info");
  const data = isApp ? {} : { initials: initials(who.name) }; // drawn by CSS: they are a picture, and no part of a button's name
  return h("span", { class: `avatar avatar-${size} ${look}`, "aria-hidden": "true", data }, sign);
}
