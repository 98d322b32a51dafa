// Draws the `markdown` block, which holds standard Markdown instead of mrkdwn: the parts of it that Slack draws.

import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { link } from "./mrkdwn.js";

const FENCE = /^```/;
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const RULE = /^\s*([-*_])(\s*\1){2,}\s*$/;
const QUOTE = /^>\s?/;
const ITEM = /^(\s*)([-*+]|\d+[.)])\s+(.*)$/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

export const markdown = (block) => h("div", { class: "block markdown" }, draw(block.text.split("\n")));

function draw(lines) {
  const nodes = [];
  for (let i = 0; i < lines.length; ) {
    const [node, taken] = part(lines, i);
    if (node) nodes.push(node);
    i += taken;
  }
  return nodes;
}

/** The part that starts at line `i`, and how many lines it takes. */
function part(lines, i) {
  const line = lines[i];
  if (!line.trim()) return [null, 1];
  if (FENCE.test(line)) return fence(lines, i);
  const heading = HEADING.exec(line);
  if (heading) return [h(`h${Math.min(heading[1].length + 2, 6)}`, {}, spans(heading[2])), 1];
  if (RULE.test(line)) return [h("hr"), 1];
  if (QUOTE.test(line)) {
    const quoted = run(lines, i, (next) => QUOTE.test(next));
    return [h("blockquote", {}, draw(quoted.map((next) => next.replace(QUOTE, "")))), quoted.length];
  }
  if (ITEM.test(line)) return list(lines, i);
  if (line.includes("|") && TABLE_RULE.test(lines[i + 1] ?? "")) return table(lines, i);
  const text = run(lines, i, (next, j) => next.trim() && (j === i || !starts(next)));
  return [h("p", { dir: "auto" }, text.flatMap((next, j) => [...(j ? [h("br")] : []), ...spans(next)])), text.length];
}

const starts = (line) => [FENCE, HEADING, RULE, QUOTE, ITEM].some((pattern) => pattern.test(line));

function run(lines, from, keep) {
  let to = from;
  while (to < lines.length && keep(lines[to], to)) to++;
  return lines.slice(from, to);
}

function fence(lines, i) {
  const body = run(lines, i + 1, (line) => !FENCE.test(line));
  return [h("pre", {}, h("code", {}, body.join("\n"))), body.length + 2];
}

function list(lines, i) {
  const taken = run(lines, i, (line) => ITEM.test(line));
  const [items] = nested(taken.map((line) => ITEM.exec(line)), 0, taken[0].search(/\S/));
  return [items, taken.length];
}

function nested(matches, from, depth) {
  const ordered = /\d/.test(matches[from][2]);
  const root = h(ordered ? "ol" : "ul", { class: "list" });
  let i = from;
  while (i < matches.length && matches[i][1].length >= depth) {
    if (matches[i][1].length > depth) {
      const [inner, next] = nested(matches, i, matches[i][1].length);
      (root.lastElementChild ?? root).append(inner);
      i = next;
    } else root.append(h("li", {}, spans(matches[i++][3])));
  }
  return [root, i];
}

function table(lines, i) {
  const rows = run(lines, i, (line) => line.includes("|"));
  const cells = (line) => line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());
  const row = (line, tag) => h("tr", {}, cells(line).map((cell) => h(tag, {}, spans(cell))));
  const body = rows.slice(2).map((line) => row(line, "td"));
  const drawn = h("table", {}, h("thead", {}, row(rows[0], "th")), h("tbody", {}, body));
  return [h("div", { class: "table-wrap", tabindex: "0", role: "group", "aria-label": "Table" }, drawn), rows.length];
}

const SPAN = new RegExp(
  [/(`+)(?<code>[^`]+?)\1/, /\*\*(?<bold>\S(?:[^*]*\S)?)\*\*/, /~~(?<strike>[^~]+)~~/, /(?<![\w*])[*](?<star>\S(?:[^*]*[^\s*])?)[*](?!\w)/,
    /(?<!\w)_(?<under>\S(?:[^_]*[^\s_])?)_(?!\w)/, /!?\[(?<label>[^\]]*)\]\((?<target>[^)\s]+)\)/, /(?<bare>https?:\/\/[^\s<>)]+)/]
    .map((pattern) => pattern.source).join("|"), "gu");

function spans(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(SPAN)) {
    nodes.push(withEmoji(text.slice(end, match.index)), span(match));
    end = match.index + match[0].length;
  }
  return [...nodes, withEmoji(text.slice(end))];
}

function span(match) {
  const { code, bold, strike, star, under, label, target, bare } = match.groups;
  if (code !== undefined) return h("code", {}, code.trim());
  if (bold) return h("strong", {}, spans(bold));
  if (strike) return h("s", {}, spans(strike));
  if (star || under) return h("em", {}, spans(star || under));
  if (bare) return link(bare, [bare]) ?? bare;
  return link(target, spans(label || target)) ?? match[0];
}
