// The frame that modals and confirmations share: a native dialog that keeps the focus inside and closes at Escape.

import { h, uid } from "./dom.js";
import { icon } from "./icons.js";
import { textObject, textOf } from "./mrkdwn.js";

const FOCUSABLE = "a[href], button:not(:disabled):not([tabindex='-1']), input:not(:disabled), textarea, select, [tabindex='0']";

/** Opens an empty dialog and answers it; `dismiss` runs at Escape and at a click on the backdrop. */
export function openDialog(className, dismiss) {
  const dialog = h("dialog", { class: className });
  dialog.addEventListener("cancel", (event) => {
    if (event.target !== dialog) return;
    event.preventDefault();
    dismiss();
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Tab") trap(dialog, event);
    if (event.key !== "Escape") return;
    event.preventDefault(); // a browser closes a dialog at the second Escape whatever the page wants
    dismiss();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

function trap(dialog, event) {
  const reachable = [...dialog.querySelectorAll(FOCUSABLE)].filter((control) => control.checkVisibility());
  const [first, last] = [reachable[0], reachable[reachable.length - 1]];
  const edge = event.shiftKey ? first : last;
  if (document.activeElement !== edge && reachable.includes(document.activeElement)) return;
  event.preventDefault();
  (event.shiftKey ? last : first)?.focus();
}

export const closeButton = (label, close) => h("button", { type: "button", class: "icon-button", "aria-label": label, on: { click: close } }, icon("close"));

/** Asks what a `confirm` object asks; answers true or false. */
export function confirmed(question, ctx) {
  return new Promise((resolve) => {
    const done = (answer) => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    const dialog = openDialog("dialog confirm", () => done(false));
    const title = h("h2", { class: "dialog-title", id: uid("title") }, textOf(question.title));
    const text = h("div", { class: "dialog-body", id: uid("text") }, textObject(question.text, ctx));
    const deny = h("button", { type: "button", class: "button", on: { click: () => done(false) } }, textOf(question.deny) || "Cancel");
    const style = question.style === "danger" ? "danger solid" : "primary";
    const agree = h("button", { type: "button", class: `button ${style}`, on: { click: () => done(true) } }, textOf(question.confirm) || "OK");
    dialog.setAttribute("role", "alertdialog");
    dialog.setAttribute("aria-labelledby", title.id);
    dialog.setAttribute("aria-describedby", text.id);
    dialog.append(h("header", { class: "dialog-head" }, title, closeButton("Close", () => done(false))), text, h("footer", { class: "dialog-foot" }, deny, agree));
    agree.focus();
  });
}
