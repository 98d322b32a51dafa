// Draws Slack's mrkdwn (and plain text) as DOM nodes; whatever it does not understand stays visible as text.

import { h } from "./dom.js";
import { emoji, withEmoji } from "./emoji.js";
import { slackDate } from "./time.js";

const SAFE = new Set(["http:", "https:", "mailto:"]);
const QUOTE = /^(?:&gt;|>)\s?/;
const LONG_QUOTE = /^(?:&gt;|>){3}\s?/;

const unescape = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
export const plain = (text) => withEmoji(unescape(text));

/** A text object of either kind, as nodes. */
export function textObject(object, ctx) {
  if (!object) return [];
  if (object.type === "mrkdwn") return mrkdwn(object.text ?? "", ctx);
  return withBreaks(object.emoji === false ? unescape(object.text ?? "") : plain(object.text ?? ""));
}

/** The words of a text object, or of a bare string, for labels and names. */
export const textOf = (object) => (object ? plain(typeof object === "string" ? object : object.text ?? "") : "");

const withBreaks = (text) => text.split("\n").flatMap((line, i) => (i ? [h("br"), line] : [line]));

export function mrkdwn(text, ctx) {
  const nodes = [];
  text.split(/```([\s\S]+?)```/).forEach((part, i) => {
    if (i % 2) nodes.push(h("pre", {}, h("code", {}, unescape(part.replace(/^\n|\n$/g, "")))));
    else nodes.push(...paragraphs(i ? part.replace(/^\n/, "") : part, ctx));
  });
  return nodes;
}

function paragraphs(text, ctx) {
  if (!text) return [];
  const nodes = [];
  const lines = text.split("\n");
  for (let i = 0; i < lines.length; ) {
    const start = i;
    if (LONG_QUOTE.test(lines[i])) {
      const rest = [lines[i].replace(LONG_QUOTE, ""), ...lines.slice(i + 1)].join("\n");
      return [...nodes, h("blockquote", {}, paragraphs(rest, ctx))];
    }
    if (QUOTE.test(lines[i])) {
      while (i < lines.length && QUOTE.test(lines[i])) i++;
      const quoted = lines.slice(start, i).map((line) => line.replace(QUOTE, "")).join("\n");
      nodes.push(h("blockquote", {}, paragraphs(quoted, ctx)));
    } else {
      while (i < lines.length && !QUOTE.test(lines[i])) i++;
      nodes.push(...joined(lines.slice(start, i), ctx));
    }
  }
  return nodes;
}

const joined = (lines, ctx) => lines.flatMap((line, i) => [...(i ? [h("br")] : []), ...inline(line, ctx)]);

/** One line: tries each kind of span at each place, and keeps what none of them takes as plain text. */
export function inline(text, ctx) {
  const nodes = [];
  let kept = "";
  for (let i = 0; i < text.length; ) {
    const span = SPANS.map((read) => read(text, i, ctx)).find(Boolean);
    if (!span) {
      kept += text[i++];
      continue;
    }
    if (kept) nodes.push(unescape(kept));
    kept = "";
    nodes.push(span.node);
    i += span.length;
  }
  if (kept) nodes.push(unescape(kept));
  return nodes;
}

function at(pattern, text, index) {
  pattern.lastIndex = index;
  return pattern.exec(text);
}

function code(text, i) {
  const match = at(/`([^`\n]+)`/y, text, i);
  return match ? { node: h("code", {}, unescape(match[1])), length: match[0].length } : null;
}

// A style's inside may hold code and <…> whole; the alternatives exclude each other, so no input makes this slow.
const inside = (mark) => `((?:\`[^\`]*\`|<[^<>]*>|[^${mark}\\n\`<]|\`(?![^\`]*\`)|<(?![^<>]*>))+?)`;
const style = (mark) => new RegExp(`(?<![\\p{L}\\p{N}])${mark}(?=\\S)${inside(mark)}(?<=\\S)${mark}(?![\\p{L}\\p{N}])`, "uy");
const STYLES = [["strong", style("\\*")], ["em", style("_")], ["s", style("~")]];

function styled(text, i, ctx) {
  for (const [tag, pattern] of STYLES) {
    const match = at(pattern, text, i);
    if (match) return { node: h(tag, {}, inline(match[1], ctx)), length: match[0].length };
  }
  return null;
}

function named(text, i) {
  const match = at(/:([a-z0-9_+-]+):/iy, text, i);
  const character = match && emoji(match[1]);
  return character ? { node: character, length: match[0].length } : null;
}

function bareUrl(text, i) {
  const match = at(/(?<![\p{L}\p{N}])https?:\/\/[^\s<>|*`]+[^\s<>|*`.,;:!?)_~]/uy, text, i);
  return match ? { node: link(match[0], [unescape(match[0])]), length: match[0].length } : null;
}

function angle(text, i, ctx) {
  const match = at(/<([^<>\n]+)>/y, text, i);
  if (!match) return null;
  const [target, ...rest] = match[1].split("|");
  const label = rest.join("|");
  const node = mention(target, label, ctx) ?? link(target, label ? inline(label, ctx) : [unescape(target.replace(/^mailto:/, ""))]);
  return node ? { node, length: match[0].length } : null;
}

function mention(target, label, ctx) {
  if (/^@[UW]\w+$/.test(target)) return personMention(target.slice(1), label, ctx);
  if (/^#C\w+$/.test(target)) return channelMention(target.slice(1), label, ctx);
  if (/^!(channel|here|everyone)$/.test(target)) return h("span", { class: "mention mention-me" }, `@${target.slice(1)}`);
  if (target.startsWith("!subteam^")) return h("span", { class: "mention" }, label || "@group");
  if (!target.startsWith("!date^")) return null;
  const [, seconds, format] = target.split("^");
  return h("time", {}, Number(seconds) ? slackDate(Number(seconds), unescape(format ?? ""), ctx.tz, ctx.now()) : unescape(label));
}

export function personMention(id, label, ctx) {
  const name = id === ctx.bot.user_id ? ctx.bot.name : ctx.person(id)?.name ?? (label || id);
  return h("span", { class: id === ctx.me.id ? "mention mention-me" : "mention", dir: "auto" }, `@${unescape(name).replace(/^@/, "")}`);
}

export function channelMention(id, label, ctx) {
  const name = ctx.channel(id)?.name ?? (unescape(label) || id);
  if (!ctx.channel(id)) return h("span", { class: "mention" }, `#${name}`);
  return h("button", { type: "button", class: "mention", on: { click: () => ctx.open(id) } }, `#${name}`);
}

/** An anchor for http, https and mailto; null for every other scheme, so that it stays text. */
export function link(target, children) {
  let url;
  try {
    url = new URL(unescape(target));
  } catch {
    return null;
  }
  if (!SAFE.has(url.protocol)) return null;
  return h("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" }, children);
}

const SPANS = [code, angle, styled, named, bareUrl];
