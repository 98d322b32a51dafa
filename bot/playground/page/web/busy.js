// Shows a pressed control as busy until something happened in answer to it, or until Slack would have given up.

const PATIENCE_MS = 3200;
const waiting = new Map();

export const isBusy = (node) => waiting.has(node);

/** Shows a control as busy until `settle`, whatever happens meanwhile. */
export function busyUntilSettled(node) {
  node.classList.add("busy");
  node.setAttribute("aria-busy", "true");
}

export function busy(node) {
  busyUntilSettled(node);
  waiting.set(node, setTimeout(() => settle(node), PATIENCE_MS));
}

export function settle(node) {
  clearTimeout(waiting.get(node));
  waiting.delete(node);
  node.classList.remove("busy");
  node.removeAttribute("aria-busy");
}

export function settleAll() {
  for (const node of [...waiting.keys()]) settle(node);
}
