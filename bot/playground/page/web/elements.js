// Draws the interactive elements of Block Kit, keeps what is chosen in Slack's shape, and reports clicks.

import { avatar } from "./avatar.js";
import { h, uid } from "./dom.js";
import { icon } from "./icons.js";
import { link, textObject, textOf } from "./mrkdwn.js";
import { picker } from "./picker.js";
import { menu } from "./popover.js";
import { localMoment, secondsOf } from "./time.js";

/** One element at its place: where its state lives, and whether a change is a click that the app hears of. */
class Spot {
  constructor(surface, block, element, label = {}) {
    Object.assign(this, { surface, block, element, label });
    this.isInput = block.type === "input";
    this.key = `${block.block_id}/${element.action_id}`;
  }

  /** The state that was kept for this element before it was drawn anew, if any. */
  get kept() {
    const state = this.surface.values[this.block.block_id]?.[this.element.action_id];
    return state?.type === this.element.type ? state : null;
  }

  /** What is chosen when it is drawn: what was kept, else what the app begins with. From then on it is kept. */
  begin(field, nothing = null) {
    const initial = (this.kept ? this.kept[field] : this.element[field.replace(/^(selected_)?/, "initial_")]) ?? nothing;
    this.keep({ [field]: initial });
    return initial;
  }

  keep(state) {
    const { block_id } = this.block;
    this.surface.values[block_id] ??= {};
    this.surface.values[block_id][this.element.action_id] = { type: this.element.type, ...state };
  }

  changed(state, node) {
    this.keep(state);
    this.surface.edited?.(this.block.block_id);
    if (!this.isInput || this.block.dispatch_action) this.act(state, node);
  }

  act(payload, node) {
    const { type, action_id } = this.element;
    return this.surface.act({ type, action_id, block_id: this.block.block_id, ...payload }, this.element.confirm, node);
  }
}

function button(spot) {
  const { element } = spot;
  const press = () => spot.act({ value: element.value ?? "" }, node);
  const props = { class: `button ${element.style ?? ""}`, "aria-label": element.accessibility_label, data: { key: spot.key }, on: { click: press } };
  const address = element.url && link(element.url, []);
  const node = address
    ? h("a", { ...props, href: address.href, target: "_blank", rel: "noopener noreferrer" }, textOf(element.text), icon("link"))
    : h("button", { type: "button", ...props }, textOf(element.text));
  return node;
}

/** What an app offers below an answer: two thumbs, each a button with its own value. */
const feedbackButtons = (spot) => [["👍", spot.element.positive_button], ["👎", spot.element.negative_button]].map(([sign, thumb]) => {
  const node = h("button", { type: "button", class: "button", "aria-label": thumb.accessibility_label, data: { key: `${spot.key}/${thumb.value}` }, on: { click: () => spot.act({ value: thumb.value }, node) } },
    h("span", { "aria-hidden": "true" }, `${sign} `), textOf(thumb.text));
  return node;
});

/** Only those whom the app names see it, if it names any. */
function iconButton(spot) {
  const seenBy = spot.element.visible_to_user_ids;
  return seenBy && !seenBy.includes(spot.surface.ctx.me.id) ? null : button(spot);
}

function overflow(spot) {
  const opener = h("button", { type: "button", class: "button overflow", "aria-label": "More actions", data: { key: spot.key } }, icon("more"));
  const items = spot.element.options.map((option) => ({
    label: textOf(option.text), description: textOf(option.description),
    pick: () => {
      const address = option.url && link(option.url, []);
      if (address) window.open(address.href, "_blank", "noopener");
      spot.act({ selected_option: option }, opener);
    },
  }));
  return menu(opener, items);
}

/** The props that every picker of this spot shares. */
const pickerProps = (spot, fallback) => ({
  placeholder: textOf(spot.element.placeholder) || fallback,
  labelledBy: spot.label.labelledBy, describedBy: spot.label.describedBy, key: spot.key,
});

const asChoice = (option, group) => ({ value: option.value, label: textOf(option.text), description: textOf(option.description), group });

function optionsOf(element) {
  const groups = element.option_groups ?? [{ options: element.options ?? [] }];
  return { all: groups.flatMap((group) => group.options), choices: groups.flatMap((group) => group.options.map((option) => asChoice(option, textOf(group.label)))) };
}

function staticSelect(spot) {
  const { all, choices } = optionsOf(spot.element);
  const initial = spot.begin("selected_option");
  return picker({
    ...pickerProps(spot, "Select an option"), options: choices, selected: initial ? [initial.value] : [],
    picked: ([value], node) => spot.changed({ selected_option: all.find((option) => option.value === value) }, node),
  });
}

/** A menu whose options the app gives for what is typed. */
function externalSelect(spot) {
  const initial = spot.begin("selected_option");
  const { known, load } = offeredByApp(spot, initial ? [initial] : []);
  return picker({
    ...pickerProps(spot, "Select an option"), options: initial ? [asChoice(initial)] : [], selected: initial ? [initial.value] : [], load,
    picked: ([value], node) => spot.changed({ selected_option: known.get(value) }, node),
  });
}

function multiExternalSelect(spot) {
  const initial = spot.begin("selected_options", []);
  const { known, load } = offeredByApp(spot, initial);
  return picker({ ...severalProps(spot, "Select options", "selected_options", (value) => known.get(value)), options: initial.map((option) => asChoice(option)), selected: initial.map((option) => option.value), load });
}

/** The options that the app gave so far, by value, and a function that asks it for more. */
function offeredByApp({ surface, element }, initial) {
  const known = new Map(initial.map((option) => [option.value, option]));
  const load = async (typed) => {
    if (typed.length < (element.min_query_length ?? 3)) return [];
    const offered = await surface.ctx.options(surface.place, element.action_id, typed);
    offered.forEach((option) => known.set(option.value, option));
    return offered.map((option) => asChoice(option));
  };
  return { known, load };
}

/** The browser's own picker of a date and an hour, read in the person's zone; Slack's value is in seconds. */
function dateTime(spot) {
  const { tz } = spot.surface.ctx;
  const initial = spot.begin("selected_date_time");
  return h("input", {
    type: "datetime-local", class: "text-input", id: spot.label.id, value: initial ? localMoment(initial, tz) : "", data: { key: spot.key },
    "aria-describedby": spot.label.describedBy, "aria-label": spot.label.labelledBy ? null : "Date and time",
    on: { change: ({ target }) => spot.changed({ selected_date_time: target.value ? secondsOf(target.value, tz) : null }, target) },
  });
}

function multiStaticSelect(spot) {
  const { all, choices } = optionsOf(spot.element);
  const initial = spot.begin("selected_options", []);
  const optionOf = (value) => all.find((option) => option.value === value);
  return picker({ ...severalProps(spot, "Select options", "selected_options", optionOf), options: choices, selected: initial.map((option) => option.value) });
}

/** The props of a picker of several; `chosenOf(value)` is what stands in `field` for a value. */
function severalProps(spot, fallback, field, chosenOf) {
  const chosen = (values) => ({ [field]: values.map(chosenOf) });
  return {
    ...pickerProps(spot, fallback), multiple: true, max: spot.element.max_selected_items,
    kept: (values) => spot.keep(chosen(values)), picked: (values, node) => spot.changed(chosen(values), node),
  };
}

const DIRECTORY = {
  user: (ctx) => ctx.people.map((person) => ({ value: person.id, label: person.name, description: person.title, face: avatar(person, "tiny") })),
  channel: (ctx) => ctx.conversations().filter((place) => place.kind === "channel" && !place.private && !place.archived).map(asPlace),
  conversation: (ctx, element) => ctx.conversations().filter((place) => !place.archived && passes(element.filter, place)).map(asPlace),
};

const asPlace = (place) => ({ value: place.id, label: place.kind === "channel" ? `#${place.name}` : place.name, description: place.topic });

/** Whether a conversation passes a picker's filter; the only direct messages here are with an app. */
function passes(filter, { kind, private: isPrivate }) {
  if (kind === "dm" && filter?.exclude_bot_users) return false;
  return !filter?.include || filter.include.includes(kind !== "channel" ? "im" : isPrivate ? "private" : "public");
}

const directorySelect = (what) => (spot) => {
  const field = `selected_${what}`;
  const initial = spot.begin(field);
  return picker({
    ...pickerProps(spot, `Select a ${what}`), options: DIRECTORY[what](spot.surface.ctx, spot.element), selected: initial ? [initial] : [],
    picked: ([value], node) => spot.changed({ [field]: value }, node),
  });
};

const directoryMultiSelect = (what) => (spot) => {
  const field = `selected_${what}s`;
  const selected = spot.begin(field, []);
  return picker({ ...severalProps(spot, `Select ${what}s`, field, (value) => value), options: DIRECTORY[what](spot.surface.ctx, spot.element), selected });
};

function radioButtons(spot) {
  const initial = spot.begin("selected_option");
  return choiceGroup(spot, "radio", initial ? [initial.value] : [], ([option], node) => spot.changed({ selected_option: option }, node));
}

function checkboxes(spot) {
  const initial = spot.begin("selected_options", []);
  return choiceGroup(spot, "checkbox", initial.map((option) => option.value), (chosen, node) => spot.changed({ selected_options: chosen }, node));
}

function choiceGroup(spot, type, selected, changed) {
  const name = uid("choice");
  const { ctx } = spot.surface;
  const chosen = () => spot.element.options.filter((_, i) => group.querySelectorAll("input")[i].checked);
  const rows = spot.element.options.map((option, i) => {
    const note = option.description && h("span", { class: "option-note", id: `${name}-note-${i}` }, textObject(option.description, ctx));
    const input = h("input", {
      type, name, checked: selected.includes(option.value), data: { key: `${spot.key}/${option.value}` },
      "aria-describedby": note && note.id, on: { change: () => changed(chosen(), group) },
    });
    return h("label", { class: "choice" }, input, h("span", { class: "option-words" }, h("span", {}, textObject(option.text, ctx)), note));
  });
  const group = h("div", {
    class: "choices", role: type === "radio" ? "radiogroup" : "group", data: { key: spot.key },
    "aria-labelledby": spot.label.labelledBy, "aria-describedby": spot.label.describedBy, "aria-label": spot.label.labelledBy ? null : "Options",
  }, rows);
  return group;
}

/** Date and time use the browser's own pickers; typed values count once Enter is pressed or the field is left. */
const native = (type) => (spot) => {
  const field = `selected_${type}`;
  const initial = spot.begin(field);
  let typing = false;
  let told = initial;
  const tell = () => {
    const value = node.value || null;
    if (value === told) return;
    told = value;
    spot.changed({ [field]: value }, node);
  };
  const node = h("input", {
    type, class: "text-input short", id: spot.label.id, value: initial ?? "", data: { key: spot.key }, "aria-describedby": spot.label.describedBy,
    "aria-label": spot.label.labelledBy ? null : textOf(spot.element.placeholder) || (type === "date" ? "Date" : "Time"),
    on: {
      keydown: (event) => { typing = true; if (event.key === "Enter") tell(); },
      pointerdown: () => { typing = false; },
      change: () => { spot.keep({ [field]: node.value || null }); spot.surface.edited?.(spot.block.block_id); if (!typing) tell(); },
      blur: tell,
    },
  });
  return node;
};

const textInput = (spot) => {
  const { element, label } = spot;
  const initial = spot.begin("value");
  const node = h(element.multiline ? "textarea" : "input", {
    class: "text-input", id: label.id, dir: "auto", value: initial ?? "", placeholder: textOf(element.placeholder) || null, rows: element.multiline ? "4" : null,
    type: element.multiline ? null : "text", inputmode: INPUT_MODES[element.type] ?? null,
    "aria-describedby": label.describedBy, data: { key: spot.key }, autocomplete: "off",
    on: {
      input: () => { spot.keep({ value: node.value || null }); spot.surface.edited?.(spot.block.block_id); },
      keydown: (event) => { if (event.key === "Enter" && spot.block.dispatch_action) spot.act({ value: node.value }, node); },
    },
  });
  return node;
};

/** Plain text, in the shape of rich text. */
const richTextInput = (spot) => {
  const { element, label } = spot;
  const initial = spot.begin("rich_text_value", element.initial_value ?? null);
  const shaped = (text) => ({ type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }] });
  return h("textarea", {
    class: "text-input", id: label.id, dir: "auto", value: initial ? wordsIn(initial) : "", placeholder: textOf(element.placeholder) || null, rows: "4",
    "aria-describedby": label.describedBy, data: { key: spot.key },
    on: { input: ({ target }) => { spot.keep({ rich_text_value: target.value ? shaped(target.value) : null }); spot.surface.edited?.(spot.block.block_id); } },
  });
};

const wordsIn = (part) => part.text ?? (part.elements ?? []).map(wordsIn).join(part.type === "rich_text" || part.type === "rich_text_list" ? "\n" : "");

const INPUT_MODES = { number_input: "decimal", email_text_input: "email", url_text_input: "url" };

const image = ({ element }) => picture(element.image_url, element.alt_text, "thumbnail");

/** An image; where it can't be loaded, its description in a box instead. */
export function picture(source, description, className) {
  const node = h("img", { src: source, alt: description ?? "", class: className, loading: "lazy" });
  node.addEventListener("error", () => node.replaceWith(h("span", { class: `${className} missing`, role: "img", "aria-label": description }, description)));
  return node;
}

const ELEMENTS = {
  button, overflow, image, feedback_buttons: feedbackButtons, icon_button: iconButton,
  static_select: staticSelect, external_select: externalSelect, datetimepicker: dateTime, multi_static_select: multiStaticSelect,
  users_select: directorySelect("user"), channels_select: directorySelect("channel"), conversations_select: directorySelect("conversation"),
  radio_buttons: radioButtons, checkboxes,
  datepicker: native("date"), timepicker: native("time"),
  multi_external_select: multiExternalSelect, multi_users_select: directoryMultiSelect("user"),
  multi_channels_select: directoryMultiSelect("channel"), multi_conversations_select: directoryMultiSelect("conversation"),
  plain_text_input: textInput, number_input: textInput, email_text_input: textInput, url_text_input: textInput, rich_text_input: richTextInput,
};

export function drawElement(surface, block, element, label) {
  const draw = ELEMENTS[element.type];
  return draw ? draw(new Spot(surface, block, element, label)) : unknown(element.type);
}

export const unknown = (type) => h("p", { class: "unknown", role: "note" }, icon("warning"), `Slack would draw “${type}” here; the playground does not know it.`);
