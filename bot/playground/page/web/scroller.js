// Decides which part of a conversation is in sight: follows new messages, keeps a reader's place, shows what a click changed.

import { $ } from "./dom.js";

const NEAR_END = 120; // px: closer to the end than this, the list follows new messages
const ANSWER_MS = 4000; // a message within this time after an act is its answer, so the page scrolls to it

export class Scroller {
  #actedAt = -Infinity; // when this person last said or clicked something
  #actedOn = null; // the ts of the message in which they clicked
  #answeredAt = -Infinity; // when the last new message came

  constructor(node, list) {
    this.node = node;
    this.list = list;
    $("new-pill").addEventListener("click", () => this.showNewest());
    node.addEventListener("scroll", () => {
      if (this.#distanceToEnd() < NEAR_END) $("new-pill").hidden = true;
    }, { passive: true });
    this.#followSize();
  }

  focus() {
    this.node.focus();
  }

  /** Notes that the person acts now. `ts` is that of the message in which they clicked. */
  acts(ts = null) {
    this.#actedAt = performance.now();
    this.#actedOn = ts;
  }

  /** Whether a new message is shown at once: for a reader at the end, and for an answer. */
  follows() {
    return this.#distanceToEnd() < NEAR_END || this.#isSoonAfterAct();
  }

  /** Notes that a new message came. Where it was not followed, a button offers it. */
  came(isFollowed) {
    this.#answeredAt = performance.now();
    $("new-pill").hidden = isFollowed;
  }

  /** Redraws in place. A reader at the end stays at the end; others keep what they read at its place on the screen. */
  redraw(draw, toEnd) {
    const wasAtEnd = this.#distanceToEnd() < 2;
    const [ts, top] = this.#firstInSight();
    draw();
    const row = this.list.rowOf(ts);
    if (toEnd) this.showNewest();
    else if (wasAtEnd) this.node.scrollTop = this.node.scrollHeight;
    else if (row) this.node.scrollTop += row.getBoundingClientRect().top - top;
  }

  /** Shows the newest message: its end, or its beginning if it is taller than the screen. */
  showNewest() {
    this.node.scrollTop = this.node.scrollHeight;
    const last = this.list.list.lastElementChild;
    if (last && last.offsetHeight > this.node.clientHeight) last.scrollIntoView({ block: "start" });
    $("new-pill").hidden = true;
  }

  /** Where a click changed its own message, the reader starts at its beginning, unless a new message answered the click. */
  showReplaced(ts) {
    if (ts !== this.#actedOn || this.#answeredAt > this.#actedAt || !this.#isSoonAfterAct()) return;
    const row = this.list.rowOf(ts);
    const isAbove = row && row.getBoundingClientRect().top < this.node.getBoundingClientRect().top;
    if (isAbove) row.scrollIntoView({ block: "start" });
  }

  /** Where a reader is at the end, they stay there when the list gets shorter: the guide or the box below it grew. */
  #followSize() {
    let height = this.node.clientHeight;
    new ResizeObserver(() => {
      if (this.node.scrollHeight - this.node.scrollTop - height < 2) this.node.scrollTop = this.node.scrollHeight;
      height = this.node.clientHeight;
    }).observe(this.node);
  }

  #isSoonAfterAct() {
    return performance.now() - this.#actedAt < ANSWER_MS;
  }

  #distanceToEnd() {
    return this.node.scrollHeight - this.node.scrollTop - this.node.clientHeight;
  }

  /** The first message that can be seen, by its ts, and where its top is. */
  #firstInSight() {
    const edge = this.node.getBoundingClientRect().top;
    const row = [...this.list.list.querySelectorAll(".message")].find((each) => each.getBoundingClientRect().bottom > edge);
    return row ? [row.dataset.ts, row.getBoundingClientRect().top] : [null, 0];
  }
}
