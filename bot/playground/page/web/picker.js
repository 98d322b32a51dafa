// The select box, single or multiple: a button that opens a list which can be filtered by typing, as Slack's does.

import { h, reconcile, uid } from "./dom.js";
import { icon } from "./icons.js";
import { popover } from "./popover.js";

/**
 * `options` are `{value, label, description, group, face}`; `picked` gets the list of chosen values, for a multiple choice
 * when the list closes. `load(typed)` finds the options of what is typed.
 */
export function picker({ options, load, selected, multiple = false, max = Infinity, placeholder, labelledBy, describedBy, key, kept, picked }) {
  const state = { chosen: [...selected], atOpen: "", active: 0, shown: options };
  const ids = { list: uid("list"), value: uid("value") };
  const value = h("span", { class: "picker-value", id: ids.value });
  const button = h("button", {
    type: "button", class: "picker", "aria-haspopup": "listbox", "aria-describedby": describedBy, data: { key },
    "aria-labelledby": labelledBy ? `${labelledBy} ${ids.value}` : null,
  }, value, icon("down"));
  const filter = h("input", {
    type: "text", class: "picker-filter", role: "combobox", "aria-expanded": "true", "aria-controls": ids.list,
    "aria-autocomplete": "list", "aria-label": "Type to filter", placeholder: "Type to filter…", autocomplete: "off", spellcheck: "false",
  });
  const list = h("div", { class: "picker-list", role: "listbox", id: ids.list, "aria-label": placeholder, "aria-multiselectable": multiple });
  const most = h("p", { class: "picker-most", role: "status", hidden: true }, max < Infinity && `You can choose ${max} at most.`);
  const panel = h("div", { class: "picker-panel" }, filter, list, most);

  const known = new Map(options.map((option) => [option.value, option])); // with what was found before, if it is loaded
  const showValue = () => {
    const chosen = state.chosen.map((wanted) => known.get(wanted)).filter(Boolean);
    value.classList.toggle("picker-empty", !chosen.length);
    value.replaceChildren(...(chosen.length ? chosen.map((option) => token(option, multiple)) : [placeholder]));
    if (!labelledBy) button.setAttribute("aria-label", [placeholder, ...chosen.map((option) => option.label)].join(", "));
  };

  const choose = (option) => {
    const has = state.chosen.includes(option.value);
    if (!multiple) state.chosen = [option.value];
    else if (has) state.chosen = state.chosen.filter((value) => value !== option.value);
    else if (state.chosen.length < max) state.chosen.push(option.value);
    showValue();
    if (multiple) {
      kept?.(state.chosen);
      return draw();
    }
    panel.hidePopover();
    button.focus();
    picked(state.chosen, button);
  };

  const draw = () => {
    const words = filter.value.trim().toLowerCase();
    state.shown = load ? options : options.filter((option) => option.label.toLowerCase().includes(words));
    state.active = Math.min(Math.max(state.active, 0), Math.max(state.shown.length - 1, 0));
    const isFull = multiple && state.chosen.length >= max;
    most.hidden = !isFull;
    const rows = [];
    state.shown.forEach((option, i) => {
      if (option.group && option.group !== state.shown[i - 1]?.group) rows.push(h("div", { class: "picker-group", role: "presentation" }, option.group));
      rows.push(row(option, i, isFull));
    });
    reconcile(list, rows.length ? rows : [h("div", { class: "picker-none", role: "presentation" }, "No results")]);
    const current = list.querySelector(".active");
    filter.setAttribute("aria-activedescendant", current?.id ?? "");
    current?.scrollIntoView({ block: "nearest" });
  };

  const row = (option, i, isFull) => {
    const isChosen = state.chosen.includes(option.value);
    const isDisabled = isFull && !isChosen;
    return h("div", {
      role: "option", id: `${ids.list}-${i}`, "aria-selected": String(isChosen), "aria-disabled": isDisabled ? "true" : null,
      class: ["option", i === state.active && "active", isDisabled && "disabled"].filter(Boolean).join(" "),
      on: { click: () => { state.active = i; choose(option); }, mousedown: (event) => event.preventDefault() },
    }, option.face, h("span", { class: "option-words" }, h("span", {}, option.label), option.description && h("span", { class: "option-note" }, option.description)),
    isChosen && icon("check", "option-check"));
  };

  const reload = async () => {
    const typed = filter.value;
    const found = await load(typed.trim());
    if (typed !== filter.value) return; // more was typed meanwhile
    options = found;
    found.forEach((option) => known.set(option.value, option));
    draw();
  };

  filter.addEventListener("input", () => { state.active = 0; load ? reload() : draw(); });
  filter.addEventListener("keydown", (event) => {
    const moves = { ArrowDown: state.active + 1, ArrowUp: state.active - 1, Home: 0, End: state.shown.length - 1 };
    if (event.key === "Tab") return panel.hidePopover();
    if (event.key === "Enter") {
      event.preventDefault();
      event.stopPropagation();
      if (state.shown[state.active]) choose(state.shown[state.active]);
    } else if (event.key in moves) {
      event.preventDefault();
      state.active = moves[event.key];
      draw();
    }
  });
  button.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    panel.showPopover();
  });

  showValue();
  return popover(button, panel, {
    first: filter,
    opening: () => {
      filter.value = "";
      state.atOpen = state.chosen.join("\n");
      state.active = Math.max(options.findIndex((option) => option.value === state.chosen[0]), 0);
      load ? reload() : draw();
    },
    opened: draw, // now that it is laid out, the chosen option can be scrolled to
    closed: () => multiple && state.chosen.join("\n") !== state.atOpen && picked(state.chosen, button),
  });
}

const token = (option, multiple) => h("span", { class: multiple ? "token" : "picker-one" }, option.face?.cloneNode(true), option.label);
