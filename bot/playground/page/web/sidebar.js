// The left side: whom you are (one click changes it), the workspace's name, channels and the app.

import { avatar } from "./avatar.js";
import { $, h, redraw } from "./dom.js";
import { icon } from "./icons.js";
import { city, offset, timeOf } from "./time.js";

const KINDS = { owner: "owner", admin: "admin", guest: "guest", multi_guest: "multi-channel guest", stranger: "from another company" };

export function drawRail(world, become) {
  const faces = world.people.filter((person) => person.switchable !== false).map((person) => {
    const isMe = person.id === world.me.id;
    const about = [person.name, person.title, person.note, city(person.tz)].filter(Boolean).join(", ");
    const mail = person.unread > 0 && `${person.unread} unread`;
    const label = [isMe ? `You are ${about}` : `Be ${about}`, mail].filter(Boolean).join(", ");
    return h("li", {}, h("button", {
      type: "button", class: isMe ? "face me" : "face", "aria-label": label, "aria-pressed": String(isMe),
      data: { key: person.id }, on: { click: () => become(person.id) },
    }, h("span", { "aria-hidden": "true", title: about }, avatar(person)), mail && h("span", { class: "face-unread", "aria-hidden": "true", data: { count: person.unread > 99 ? "99+" : person.unread } }),
      h("span", { class: "face-name" }, person.name.split(" ")[0])));
  });
  redraw($("rail"), h("p", { class: "rail-title", "aria-hidden": "true" }, "You are"), h("ul", {}, faces));
}

export function drawWorkspace(world) {
  const { me } = world;
  const now = world.now();
  const local = `${timeOf(now, me.tz)} in ${city(me.tz)} (${offset(now, me.tz)})`;
  $("workspace").replaceChildren(
    h("p", { class: "workspace-name" }, world.workspace.name),
    h("div", { class: "me-card" }, avatar(me, "small"), h("div", {},
      h("p", { class: "me-name" }, h("span", { class: "visually-hidden" }, "You are "), me.name),
      h("p", { class: "me-note" }, [me.title, KINDS[me.kind], me.note].filter(Boolean).join(" · ")),
      h("p", { class: "me-note" }, local))));
}

export function drawConversations(world, current, open) {
  const all = [...world.conversations.values()];
  const group = (title, list, sign) => list.length > 0 && h("section", { "aria-label": title },
    h("h2", { class: "group-title" }, title), h("ul", {}, list.map((place) => entry(place, place.id === current, sign, open))));
  redraw($("conversations"), ...[
    group("Channels", all.filter((place) => place.kind === "channel"), (place) => icon(place.archived ? "archive" : place.private ? "lock" : "hash")),
    group("Apps", all.filter((place) => place.kind === "dm"), () => avatar({ ...world.bot, kind: "bot" }, "tiny")),
  ].filter(Boolean));
}

function wordFor({ kind, badge }) {
  if (kind === "dm") return "unread";
  return badge === 1 ? "mention" : "mentions";
}

function entry(place, isCurrent, sign, open) {
  const unread = place.unread > 0;
  const badge = place.badge > 0 && h("span", { class: "unread", "aria-hidden": "true" }, place.badge > 99 ? "99+" : String(place.badge));
  const spoken = unread && h("span", { class: "visually-hidden" }, place.badge > 0 ? `${place.badge} ${wordFor(place)}` : "unread");
  const classes = ["entry", isCurrent && "current", unread && "has-unread", place.archived && "archived"].filter(Boolean).join(" ");
  return h("li", {}, h("button", {
    type: "button", class: classes, "aria-current": isCurrent ? "page" : null, data: { key: place.id }, on: { click: () => open(place.id) },
  }, sign(place), h("span", { class: "entry-name" }, place.name), badge, spoken));
}

/** On a narrow screen the left side is a drawer; this opens and closes it. */
export class Drawer {
  constructor() {
    this.narrow = matchMedia("(max-width: 760px)");
    $("menu-button").append(icon("menu"));
    $("menu-button").addEventListener("click", () => this.toggle(!this.isOpen));
    $("scrim").addEventListener("click", () => this.toggle(false));
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    this.narrow.addEventListener("change", () => this.toggle(false, false));
    this.toggle(false, false);
  }

  toggle(isOpen, movesFocus = true) {
    this.isOpen = isOpen && this.narrow.matches;
    document.body.classList.toggle("drawer-open", this.isOpen);
    $("side").inert = this.narrow.matches && !this.isOpen;
    $("conversation").inert = this.isOpen;
    $("scrim").hidden = !this.isOpen;
    $("menu-button").setAttribute("aria-expanded", String(this.isOpen));
    if (!movesFocus || !this.narrow.matches) return;
    if (this.isOpen) $("side").querySelector("[aria-current], .face.me")?.focus();
    else $("menu-button").focus();
  }

  close() {
    if (this.isOpen) this.toggle(false);
  }
}
