// Draws `input` blocks as labelled form fields, and shows what is wrong with them.

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
