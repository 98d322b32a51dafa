// Builds DOM nodes from plain descriptions; nothing gets onto the page in any other way, so text always stays text.

const SVG = "http://www.w3.org/2000/svg";
let counter = 0;

export const uid = (prefix) => `${prefix}-${++counter}`;
export const $ = (id) => document.getElementById(id);

/** h("button", { class: "primary", on: { click }, data: { key } }, "Save") */
export function h(tag, props = {}, ...children) {
  return build(document.createElement(tag), props, children);
}

export function svg(tag, props = {}, ...children) {
  return build(document.createElementNS(SVG, tag), props, children);
}

function build(node, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [type, listener] of Object.entries(value)) node.addEventListener(type, listener);
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name === "value") node.value = value;
    else if (name === "checked" || name === "disabled" || name === "hidden") node[name] = Boolean(value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Makes `parent` hold exactly `nodes` while moving as few as possible: a node that stays keeps focus and scroll. */
export function reconcile(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.childNodes]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, index) => {
    if (parent.childNodes[index] !== node) parent.insertBefore(node, parent.childNodes[index] ?? null);
  });
}

/** The key of the focused control inside `root`, so that a redrawn version of it can take the focus over. */
export function focusedKey(root) {
  const active = document.activeElement;
  return root.contains(active) ? active.closest("[data-key]")?.dataset.key ?? "" : null;
}

/** Its key begins with the id of its block, which is another one after an update unless the app chose it. */
function controlAgain(controls, key) {
  const same = controls.find((control) => control.dataset.key === key);
  if (same || !key.includes("/")) return same;
  const alike = controls.filter((control) => control.dataset.key.endsWith(key.slice(key.indexOf("/"))));
  return alike.length === 1 ? alike[0] : null;
}

/** Replaces what `root` holds; the new version of the focused control takes the focus over. */
export function redraw(root, ...children) {
  const key = focusedKey(root);
  root.replaceChildren(...children);
  restoreFocus(root, key);
}

export function restoreFocus(root, key) {
  if (key === null || root.contains(document.activeElement)) return;
  const again = key && controlAgain([...root.querySelectorAll("[data-key]")], key);
  const control = again && (again.matches("button, input, textarea, select, a, summary") ? again : again.querySelector("button, input, textarea"));
  const target = control || root;
  if (target === root && !root.hasAttribute("tabindex")) root.setAttribute("tabindex", "-1");
  target.focus({ preventScroll: true });
}
