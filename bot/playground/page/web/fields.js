// Draws `input` blocks as labelled form fields, and checks and shows what is wrong with them.

import { drawElement } from "./elements.js";
import { h, uid } from "./dom.js";
import { icon } from "./icons.js";
import { textOf } from "./mrkdwn.js";

export function field(block, surface) {
  const id = uid("field");
  const hint = block.hint && h("p", { class: "hint", id: `${id}-hint` }, textOf(block.hint));
  const control = drawElement(surface, block, block.element, {
    id, labelledBy: `${id}-label`, describedBy: [hint && hint.id, `${id}-error`].filter(Boolean).join(" "),
  });
  const label = h("label", { class: "field-label", id: `${id}-label`, for: id }, textOf(block.label),
    block.optional && h("span", { class: "optional" }, " (optional)"));
  return h("div", { class: "block field", data: { block: block.block_id } },
    label, control, h("p", { class: "field-error", id: `${id}-error`, hidden: true }), hint);
}

const isEmpty = (state) => {
  const { type, ...rest } = state ?? {};
  return Object.values(rest).every((value) => value === null || value === undefined || value === "" || value.length === 0);
};

/** What Slack itself refuses before the app hears of it: `{block_id: text}`. */
export function faults(blocks, values) {
  const found = {};
  for (const block of blocks.filter((each) => each.type === "input")) {
    const state = values[block.block_id]?.[block.element.action_id];
    const text = isEmpty(state) ? (block.optional ? null : "Please complete this required field.") : WRONG[block.element.type]?.(block.element, state.value);
    if (text) found[block.block_id] = text;
  }
  return found;
}

function lengthFault({ min_length, max_length }, value) {
  const length = [...value].length;
  if (min_length && length < min_length) return `Please enter at least ${min_length} characters.`;
  if (max_length && length > max_length) return `Please enter at most ${max_length} characters; that is ${length - max_length} too many.`;
  return null;
}

function numberFault({ is_decimal_allowed, min_value, max_value }, value) {
  if (!/^-?\d+(\.\d+)?$/.test(value)) return "Please enter a number.";
  if (!is_decimal_allowed && value.includes(".")) return "Please enter a whole number.";
  if (min_value && Number(value) < Number(min_value)) return `Please enter ${min_value} or more.`;
  if (max_value && Number(value) > Number(max_value)) return `Please enter ${max_value} or less.`;
  return null;
}

const WRONG = { plain_text_input: lengthFault, number_input: numberFault };

/** Shows each text at its field and puts the focus on the first; answers the texts whose field is not there. */
export function showFaults(root, errors) {
  const homeless = [];
  for (const [blockId, text] of Object.entries(errors)) {
    const box = root.querySelector(`.field[data-block="${CSS.escape(blockId)}"]`);
    if (!box) {
      homeless.push(text);
      continue;
    }
    const error = box.querySelector(".field-error");
    error.replaceChildren(icon("warning"), text);
    error.hidden = false;
    box.classList.add("faulty");
    controlOf(box)?.setAttribute("aria-invalid", "true");
  }
  const first = root.querySelector(".field.faulty");
  if (first) controlOf(first)?.focus();
  return homeless;
}

export function clearFault(root, blockId) {
  const box = root.querySelector(`.field[data-block="${CSS.escape(blockId)}"]`);
  if (!box) return;
  box.classList.remove("faulty");
  box.querySelector(".field-error").hidden = true;
  controlOf(box)?.removeAttribute("aria-invalid");
}

const controlOf = (box) => box.querySelector("input, textarea, button");
