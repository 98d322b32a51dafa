// Draws the messages of a conversation or a thread: day dividers, faces, grouping; redraws only what changed.

import { avatar } from "./avatar.js";
import { drawBlocks } from "./blocks.js";
import { focusedKey, h, reconcile, restoreFocus } from "./dom.js";
import { picture } from "./elements.js";
import { icon } from "./icons.js";
import { mrkdwn } from "./mrkdwn.js";
import { hasOpen, whenClosed } from "./popover.js";
import { messageMenu } from "./shortcuts.js";
import { dayKey, dayLabel, fullOf, timeOf } from "./time.js";

const GROUP_MS = 5 * 60_000;

export class MessageList {
  #rows = new Map(); // key → {signature, node}

  /**
   * `act(message, values, action, confirm, node)` is called for a click in a message. A message in which a menu is open stays as it
   * is until the menu closes; `redraw()` is called then.
   */
  constructor(list, act, redraw) {
    this.list = list;
    this.act = act;
    whenClosed(list, redraw);
  }

  /** Forgets all rows: names, zone and rights belong to the person who was looking. */
  clear() {
    this.#rows.clear();
    this.list.replaceChildren();
  }

  /** The node that shows a message now. */
  rowOf(ts) {
    return this.#rows.get(ts)?.node;
  }

  /** `repliesTo(ts)` returns the replies to a message; in the pane of a thread there are none. */
  draw(messages, ctx, repliesTo = () => []) {
    const key = focusedKey(this.list);
    const focusedRow = document.activeElement.closest?.(".message");
    const rows = new Map();
    let previous = null;
    for (const message of messages) {
      const at = new Date(message.at);
      const isNewDay = !previous || dayKey(at, ctx.tz) !== dayKey(new Date(previous.at), ctx.tz);
      if (isNewDay) this.#row(rows, `day-${message.ts}`, dayLabel(at, ctx.tz, ctx.now()), (label) => dayDivider(label));
      const replies = repliesTo(message.ts).filter((reply) => !reply.ephemeral);
      const isGrouped = !isNewDay && belongsTo(message, previous);
      const drawing = { message, replies, isGrouped, isOpen: ctx.thread === message.ts };
      this.#row(rows, message.ts, drawing, () => this.#message(drawing, ctx));
      previous = message;
    }
    this.#rows = rows;
    reconcile(this.list, [...rows.values()].map((row) => row.node));
    if (focusedRow && !focusedRow.isConnected) restoreFocus(rows.get(focusedRow.dataset.ts)?.node ?? this.list, key);
  }

  #row(rows, key, content, draw) {
    const signature = JSON.stringify(content);
    const known = this.#rows.get(key);
    const stays = known && (known.signature === signature || hasOpen(known.node));
    rows.set(key, stays ? known : { signature, node: draw(content) });
  }

  #message({ message, replies, isGrouped, isOpen }, ctx) {
    const at = new Date(message.at);
    const time = h("time", { class: "time", datetime: message.at, title: fullOf(at, ctx.tz) }, timeOf(at, ctx.tz));
    const classes = ["message", isGrouped && "grouped", message.ephemeral && "ephemeral"].filter(Boolean).join(" ");
    return h("li", { class: classes, data: { ts: message.ts }, tabindex: "-1" },
      h("div", { class: "gutter" }, isGrouped ? time : avatar(message.author)),
      h("div", { class: "message-body" },
        message.ephemeral && h("p", { class: "only-you" }, icon("eye"), "Only visible to you"),
        h("div", { class: isGrouped ? "byline visually-hidden" : "byline" }, author(message, ctx), !isGrouped && time),
        this.#content(message, ctx),
        ctx.openThread && thread(message, replies, isOpen, ctx)),
      messageMenu(message, ctx));
  }

  #content(message, ctx) {
    const values = {};
    const place = { conversation: message.conversation, ts: message.ts };
    const surface = { ctx, values, place, act: (action, confirm, node) => this.act(message, values, action, confirm, node) };
    const edited = message.edited && h("span", { class: "edited" }, " (edited)");
    const said = message.blocks?.length
      ? h("div", { class: "blocks" }, drawBlocks(message.blocks, surface), edited)
      : h("div", { class: "text", dir: "auto" }, mrkdwn(message.text ?? "", ctx), edited);
    return [said, message.attachments?.map((each) => attachment(each, surface)), files(message, ctx), reactions(message)];
  }
}

/** An attachment: the older shape of a message's parts, beside a bar in its colour. */
function attachment(part, surface) {
  const { ctx } = surface;
  const line = (text, className) => text && h("div", { class: className, dir: "auto" }, mrkdwn(text, ctx));
  const fields = (part.fields ?? []).map(({ title, value }) => h("div", { dir: "auto" }, h("strong", {}, title ?? ""), h("br"), mrkdwn(value ?? "", ctx)));
  const shown = part.blocks ? drawBlocks(part.blocks, surface)
    : [line(part.author_name, "context"), line(part.title, "header"), line(part.text ?? part.fallback, "text"), fields.length > 0 && h("div", { class: "fields" }, fields),
      part.image_url && picture(part.image_url, part.fallback ?? "", "picture"), line(part.footer, "context")];
  return [line(part.pretext, "text"), h("blockquote", { class: "attachment" }, shown)];
}

/** Each file with what opens it in a tab of its own, and what saves it. */
function files(message, ctx) {
  return message.files?.map((file) => {
    const href = `/page/file/${encodeURIComponent(file.id)}?as=${encodeURIComponent(ctx.me.id)}`;
    const act = (words, more) => h("a", { class: "button", href, "aria-label": `${words} ${file.name}`, ...more }, words);
    return h("div", { class: "file" }, icon("file"), h("div", { class: "file-words" }, h("strong", { dir: "auto" }, file.title), h("span", { class: "time" }, sizeOf(file.size))),
      act("Open", { target: "_blank" }), act("Download", { download: file.name }));
  });
}

const sizeOf = (bytes) => (bytes < 1000 ? `${bytes} bytes` : bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`);

function reactions(message) {
  const given = Object.entries(message.reactions ?? {});
  if (!given.length) return null;
  return h("div", { class: "reactions" }, given.map(([name, count]) => h("span", { class: "reaction" }, mrkdwn(`:${name}: ${count}`, {}))));
}

function author(message, ctx) {
  const person = ctx.person(message.author.id);
  return [h("span", { class: "author", dir: "auto", title: person?.title }, message.author.name), message.author.kind === "bot" && h("span", { class: "badge" }, "APP")];
}

function belongsTo(message, previous) {
  if (message.ephemeral || previous.ephemeral || message.author.id !== previous.author.id) return false;
  return Math.abs(new Date(message.at) - new Date(previous.at)) < GROUP_MS && !previous.reply_count;
}

function lastReply(reply, ctx) {
  if (!reply) return null;
  const at = new Date(reply.at);
  return h("span", { class: "time" }, `Last reply ${dayLabel(at, ctx.tz, ctx.now()).replace(/^(To|Yester)/, (start) => start.toLowerCase())} at ${timeOf(at, ctx.tz)}`);
}

const dayDivider = (label) => h("li", { class: "day" }, h("div", { role: "separator", "aria-label": label }, h("span", {}, label)));

export const replyCount = (count) => (count === 1 ? "1 reply" : `${count} replies`);

function thread(message, replies, isOpen, ctx) {
  const count = Math.max(message.reply_count ?? 0, replies.length);
  if (!count) return null;
  const faces = [...new Map(replies.map((reply) => [reply.author.id, reply.author])).values()].slice(0, 3);
  return h("button", { type: "button", class: "thread-button", "aria-expanded": String(isOpen), data: { key: "thread" }, on: { click: () => ctx.openThread(message.ts) } },
    faces.map((face) => avatar(face, "tiny")), h("span", {}, replyCount(count)), lastReply(replies.at(-1), ctx), icon("right"));
}
