// The pane of one thread beside its conversation: the first message, the replies, and a box to reply in.

import { Composer } from "./composer.js";
import { closeButton } from "./dialog.js";
import { h } from "./dom.js";
import { MessageList, replyCount } from "./messages.js";

const NEAR_END = 120; // px: closer to the end than this, the pane follows new replies

export class ThreadPane {
  ts = null; // that of the first message while the pane is open

  /** `act` is called as by a `MessageList`; `reply(text)` sends; `closed(ts)` runs when the reader closes the pane. */
  constructor(pane, { act, reply, closed, redraw }) {
    this.pane = pane;
    this.note = h("span", { class: "thread-note" });
    this.list = new MessageList(h("ol", { class: "messages" }), act, redraw);
    this.scroller = h("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": "Messages in this thread" }, this.list.list);
    this.form = h("form", { class: "composer", id: "reply", autocomplete: "off" });
    this.composer = new Composer(this.form, reply, { isReply: true });
    const leave = () => {
      const { ts } = this;
      this.close();
      closed(ts);
    };
    pane.append(h("header", { class: "thread-head" }, h("h2", { id: "thread-title" }, "Thread"), this.note, closeButton("Close the thread", leave)), this.scroller, h("div", { class: "foot" }, this.form));
    pane.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && leave());
  }

  open(ts) {
    this.list.clear();
    this.ts = ts;
    this.pane.hidden = false;
  }

  close() {
    this.ts = null;
    this.pane.hidden = true;
    this.list.clear();
  }

  focus() {
    (this.form.hidden ? this.scroller : this.composer.box).focus();
  }

  /** Draws the thread, if one is open and its messages are still there. `toEnd` shows its newest reply. */
  draw(world, conversation, ctx, toEnd) {
    if (!this.ts) return;
    const messages = world.wholeThread(conversation.id, this.ts);
    if (!messages.length) return this.close();
    const replies = messages.filter((message) => message.ts !== this.ts && !message.ephemeral).length;
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    const follows = toEnd || scrollHeight - scrollTop - clientHeight < NEAR_END;
    this.note.replaceChildren(`${conversation.kind === "channel" ? "#" : ""}${conversation.name}${replies ? ` · ${replyCount(replies)}` : ""}`);
    this.list.draw(messages, { ...ctx, openThread: null });
    this.form.hidden = !conversation.writable;
    this.composer.show(`${conversation.kind === "channel" ? conversation.id : "dm"} ${this.ts}`, "Reply in thread", world);
    if (follows) this.scroller.scrollTop = this.scroller.scrollHeight;
  }
}
