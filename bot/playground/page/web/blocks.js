// Draws a list of Block Kit blocks from their plain JSON, one function per block type.

import { chart } from "./chart.js";
import { h } from "./dom.js";
import { drawElement, picture, unknown } from "./elements.js";
import { field } from "./fields.js";
import { icon } from "./icons.js";
import { markdown } from "./markdown.js";
import { textObject, textOf } from "./mrkdwn.js";
import { richText } from "./richtext.js";

/**
 * A `surface` is where blocks stand: `{ctx, values, act(action, confirm, node), edited(block_id)}`; `ctx` answers who people are
 * and what time it is, `values` keeps what is chosen as `{block_id: {action_id: state}}`.
 */
export function drawBlocks(blocks, surface) {
  return blocks.map((block, i) => {
    const named = { block_id: `block-${i}`, ...block };
    const draw = BLOCKS[block.type];
    return draw ? draw(named, surface) : unknown(block.type);
  });
}

function section(block, surface) {
  const { ctx } = surface;
  const text = block.text && h("div", { class: "section-text", dir: "auto" }, textObject(block.text, ctx));
  const fields = block.fields && h("div", { class: "fields" }, block.fields.map((text) => h("div", { dir: "auto" }, textObject(text, ctx))));
  const accessory = block.accessory && h("div", { class: `accessory accessory-${block.accessory.type}` }, drawElement(surface, block, block.accessory));
  return h("div", { class: "block section" }, h("div", { class: "section-body" }, text, fields), accessory);
}

const header = (block) => h("h3", { class: "block header", dir: "auto" }, textOf(block.text));

function context(block, surface) {
  const parts = block.elements.map((element) =>
    element.type === "image" ? picture(element.image_url, element.alt_text, "context-image") : h("span", { dir: "auto" }, textObject(element, surface.ctx)));
  return h("div", { class: "block context" }, parts);
}

const actions = (block, surface) => h("div", { class: "block actions" }, block.elements.map((element) => drawElement(surface, block, element)));

const divider = () => h("hr", { class: "block divider" });

function image(block) {
  const title = block.title && h("figcaption", {}, textOf(block.title));
  return h("figure", { class: "block image" }, title, picture(block.image_url, block.alt_text, "picture"));
}

const ALERT_SIGNS = { success: "check", warning: "warning", error: "warning" };

function alert(block, surface) {
  const level = block.level ?? "default";
  return h("div", { class: `block alert alert-${level}`, role: level === "error" ? "alert" : "note" },
    icon(ALERT_SIGNS[level] ?? "info"), h("div", {}, textObject(block.text, surface.ctx)));
}

function table(block, surface) {
  const cell = (content, tag, i) => {
    const settings = block.column_settings?.[i] ?? {};
    const words = content.type === "rich_text" ? richText(content, surface.ctx) : content.text;
    return h(tag, { scope: tag === "th" ? "col" : null, class: `align-${settings.align ?? "left"} ${settings.is_wrapped ? "" : "nowrap"}` }, words);
  };
  const row = (cells, tag) => h("tr", {}, cells.map((content, i) => cell(content, tag, i)));
  const [head, ...rest] = block.rows;
  const drawn = h("table", {}, h("thead", {}, row(head, "th")), h("tbody", {}, rest.map((cells) => row(cells, "td"))));
  return h("div", { class: "block table-wrap", tabindex: "0", role: "group", "aria-label": "Table" }, drawn);
}

const BLOCKS = {
  section, header, context, actions, context_actions: actions, divider, image, alert, table,
  input: field, rich_text: (block, surface) => richText(block, surface.ctx), markdown, data_visualization: chart,
};
