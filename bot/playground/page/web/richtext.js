// Draws `rich_text` blocks: sections, lists, quotes and preformatted text, with their inline elements.

import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { channelMention, link, personMention } from "./mrkdwn.js";
import { slackDate } from "./time.js";

const INLINE = {
  text: (el) => el.text.split("\n").flatMap((line, i) => (i ? [h("br"), line] : [line])),
  link: (el) => link(el.url, [el.text || el.url]) ?? el.text ?? el.url,
  emoji: (el) => (el.unicode ? unicode(el.unicode) : emoji(el.name) ?? `:${el.name}:`),
  user: (el, ctx) => personMention(el.user_id, "", ctx),
  channel: (el, ctx) => channelMention(el.channel_id, "", ctx),
  broadcast: (el) => h("span", { class: "mention mention-me" }, `@${el.range}`),
  date: (el, ctx) => h("time", {}, slackDate(el.timestamp, el.format, ctx.tz, ctx.now())),
};

const unicode = (codes) => String.fromCodePoint(...codes.split("-").map((code) => parseInt(code, 16)));

function inlineNodes(elements, ctx) {
  return elements.map((el) => {
    const draw = INLINE[el.type];
    return draw ? styled(draw(el, ctx), el.style ?? {}) : `[${el.type}]`;
  });
}

function styled(node, style) {
  const tags = [["code", "code"], ["strike", "s"], ["italic", "em"], ["bold", "strong"], ["underline", "u"]];
  return tags.reduce((inner, [name, tag]) => (style[name] ? h(tag, {}, inner) : inner), node);
}

const PARTS = {
  rich_text_section: (part, ctx) => h("p", { dir: "auto" }, inlineNodes(part.elements, ctx)),
  rich_text_quote: (part, ctx) => h("blockquote", { dir: "auto" }, inlineNodes(part.elements, ctx)),
  rich_text_preformatted: (part, ctx) => h("pre", {}, h("code", {}, inlineNodes(part.elements, ctx))),
  rich_text_list: list,
};

function list(part, ctx) {
  const ordered = part.style === "ordered";
  const items = part.elements.map((item) => h("li", { dir: "auto" }, inlineNodes(item.elements, ctx)));
  const start = ordered && part.offset ? part.offset + 1 : null;
  return h(ordered ? "ol" : "ul", { class: `list indent-${Math.min(part.indent ?? 0, 4)}`, start }, items);
}

export function richText(block, ctx) {
  return h("div", { class: "block rich-text" }, block.elements.map((part) => PARTS[part.type]?.(part, ctx) ?? `[${part.type}]`));
}
