// The inspector beside the conversation: what Slack and the app said to each other. It is a tool, and no part of Slack.

import { fetchExchanges, resetAll } from "./api.js";
import { closeButton, confirmed } from "./dialog.js";
import { $, h, redraw } from "./dom.js";
import { icon } from "./icons.js";
import { toast } from "./toast.js";

const MAX_SHOWN = 200;
const AGAIN_MS = 2000; // after a failure
const RESET = {
  title: { type: "plain_text", text: "Reset everything?" },
  text: { type: "plain_text", text: "All messages, what the app stored, and the clock go back to the start. This takes a few seconds." },
  confirm: { type: "plain_text", text: "Reset" },
  deny: { type: "plain_text", text: "Cancel" },
  style: "danger",
};

export class Inspector {
  #rows = new Map(); // exchange number → its row
  #version = 0;
  #stop = null; // aborts the request that waits for news

  constructor() {
    const label = h("span", { class: "inspect-label" }, "Inspector");
    $("inspect-button").append(icon("inspect"), label);
    $("inspect-button").addEventListener("click", () => (this.isOpen ? this.close() : this.open()));
    const close = closeButton("Close the inspector", () => this.close());
    const reset = h("button", { type: "button", class: "inspector-reset", on: { click: () => this.#reset() } }, "Reset…");
    $("inspector").append(
      h("header", { class: "inspector-head" }, h("h2", { id: "inspector-title" }, "Inspector"), reset, close),
      h("p", { class: "inspector-note" }, "A tool of the playground, not part of Slack. The newest exchange comes first; tokens are hidden."),
      h("ol", { class: "exchanges", id: "exchanges", tabindex: "0", "aria-label": "Exchanges between Slack and the app" }),
      h("p", { class: "inspector-empty", id: "inspector-empty" }, "Nothing yet. Type a command or press a button."));
    $("inspector").addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
  }

  get isOpen() {
    return !$("inspector").hidden;
  }

  open() {
    this.#show(true);
    $("inspector").querySelector("[aria-label='Close the inspector']").focus();
    this.#stop = new AbortController();
    this.#follow(this.#stop.signal);
  }

  close() {
    this.#stop?.abort();
    this.#show(false);
    $("inspect-button").focus();
  }

  #show(isOpen) {
    $("inspector").hidden = !isOpen;
    document.body.classList.toggle("inspecting", isOpen);
    $("inspect-button").setAttribute("aria-expanded", String(isOpen));
  }

  /** Asks for what is new until the inspector closes; each request waits at the server until there is something. */
  async #follow(signal) {
    while (!signal.aborted) {
      try {
        const { version, exchanges } = await fetchExchanges(this.#version, signal);
        if (signal.aborted) return;
        if (version < this.#version) this.#forget(); // the playground was started again
        this.#version = version;
        this.#inPlace(() => exchanges.forEach((exchange) => this.#put(exchange)));
      } catch {
        if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
  }

  /** Changes the list. Who reads further down, or opened an exchange, keeps what they read where it is. */
  #inPlace(change) {
    const list = $("exchanges");
    const { top } = list.getBoundingClientRect();
    const isReading = list.scrollTop > 0 || list.querySelector("details[open]");
    const read = isReading && [...list.children].find((row) => row.getBoundingClientRect().bottom > top);
    const before = read && read.getBoundingClientRect().top;
    change();
    if (read?.isConnected) list.scrollTop += read.getBoundingClientRect().top - before;
  }

  #put(exchange) {
    const known = this.#rows.get(exchange.number);
    const row = rowOf(exchange, known?.querySelector("details").open ?? false);
    if (known) {
      known.className = row.className;
      redraw(known, ...row.children); // the row stays, and with it the focus and the place in the list
    } else {
      this.#rows.set(exchange.number, row);
      $("exchanges").prepend(row);
    }
    if (this.#rows.size > MAX_SHOWN) {
      const [oldest] = this.#rows.keys();
      this.#rows.get(oldest).remove();
      this.#rows.delete(oldest);
    }
    $("inspector-empty").hidden = true;
  }

  #forget() {
    this.#rows.clear();
    $("exchanges").replaceChildren();
    $("inspector-empty").hidden = false;
  }

  async #reset() {
    if (!(await confirmed(RESET, {}))) return;
    await resetAll().catch((failure) => toast(failure.message));
  }
}

function rowOf(exchange, isOpen) {
  const isSlack = exchange.sender === "slack";
  const summary = h("summary", { data: { key: "summary" } },
    h("span", { class: "exchange-who" }, isSlack ? "Slack → app" : "App → Slack"), " ",
    h("span", { class: "exchange-name" }, exchange.name), " ",
    h("span", { class: "exchange-time" }, duration(exchange.milliseconds)),
    exchange.refusal && h("span", { class: "exchange-refused" }, " ", isSlack ? "failed" : "refused"));
  return h("li", { class: exchange.refusal ? "exchange refused" : "exchange" },
    h("details", { open: isOpen },
      summary,
      exchange.refusal && h("p", { class: "exchange-why" }, exchange.refusal),
      part(isSlack ? "Slack sent" : "The app sent", exchange.request),
      part(isSlack ? "The app answered" : "Slack answered", exchange.answer)));
}

const part = (title, text) => [h("h3", {}, title), h("pre", { tabindex: "0", "aria-label": title }, text && text !== "{}" ? text : "(nothing)")];

const duration = (milliseconds) => (milliseconds < 10 ? `${milliseconds} ms` : `${Math.round(milliseconds)} ms`);
