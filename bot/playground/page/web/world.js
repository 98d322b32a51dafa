// What one person may see of the workspace, and how each event changes it; knows nothing about the page.

const byTs = (message, other) => Number(message.ts) - Number(other.ts) || message.ts.localeCompare(other.ts);

export class World {
  /**
   * `loadedAt` is the timestamp at which this page was loaded: ephemeral messages and modals from before are gone, as in Slack.
   */
  constructor(state, loadedAt = "") {
    this.loadedAt = loadedAt;
    this.run = state.run;
    this.workspace = state.workspace;
    this.bot = state.bot;
    this.me = state.me;
    this.people = state.people;
    this.commands = state.commands ?? [];
    this.shortcuts = state.shortcuts ?? [];
    this.connected = state.connected;
    this.views = this.#stillOpen(state.views ?? []);
    this.home = state.home ?? null;
    this.conversations = new Map(state.conversations.map((conversation) => [conversation.id, conversation]));
    this.messages = new Map(
      Object.entries(state.messages).map(([id, list]) => [id, new Map(list.filter((message) => !this.#isGone(message)).map((message) => [message.ts, message]))]),
    );
    this.setNow(state.now);
  }

  setNow(now) {
    this.ahead = Date.parse(now) - Date.now();
  }

  now() {
    return new Date(Date.now() + this.ahead);
  }

  person(id) {
    return this.people.find((person) => person.id === id);
  }

  channel(id) {
    return this.conversations.get(id);
  }

  appDm() {
    return [...this.conversations.values()].find((conversation) => conversation.kind === "dm");
  }

  /** The conversation's messages in order; replies whose parent is visible are left to `replies`. */
  thread(conversation) {
    const all = this.messages.get(conversation) ?? new Map();
    return [...all.values()].filter((message) => !isReply(message) || !all.has(message.thread_ts)).sort(byTs);
  }

  replies(conversation, ts) {
    const all = this.messages.get(conversation) ?? new Map();
    return [...all.values()].filter((message) => isReply(message) && message.thread_ts === ts).sort(byTs);
  }

  /** The first message of a thread, if it is visible, and the replies. */
  wholeThread(conversation, ts) {
    const first = this.messages.get(conversation)?.get(ts);
    return [...(first ? [first] : []), ...this.replies(conversation, ts)];
  }

  /** Whether a message is a reply that is shown under the message it belongs to. */
  isInThread(message) {
    return Boolean(isReply(message)) && (this.messages.get(message.conversation)?.has(message.thread_ts) ?? false);
  }

  #isGone(message) {
    return message.ephemeral && message.ts <= this.loadedAt;
  }

  #stillOpen(views) {
    return views.filter((view) => !(view.opened <= this.loadedAt));
  }

  /** How many messages are "unread" in all conversations, or count for a "badge": mentions and direct messages. */
  total(what) {
    return [...this.conversations.values()].reduce((sum, conversation) => sum + (conversation[what] ?? 0), 0);
  }

  /** Takes one event in; answers whether it brought a message that was not there before. */
  apply(event) {
    if (event.type === "message") return this.#putMessage(event.message);
    if (event.type === "message_deleted") this.messages.get(event.conversation)?.delete(event.ts);
    if (event.type === "views") this.views = this.#stillOpen(event.views);
    if (event.type === "home") this.home = event.home;
    if (event.type === "clock") this.setNow(event.now);
    if (event.type === "mail") this.person(event.person).unread = event.unread;
    if (event.type === "connected") this.connected = event.connected;
    if (event.type === "unread" && this.conversations.has(event.conversation)) {
      Object.assign(this.conversations.get(event.conversation), { unread: event.unread, badge: event.badge });
    }
    return false;
  }

  #putMessage(message) {
    if (this.#isGone(message)) return false;
    if (!this.messages.has(message.conversation)) this.messages.set(message.conversation, new Map());
    const known = this.messages.get(message.conversation);
    const isNew = !known.has(message.ts);
    known.set(message.ts, message);
    return isNew;
  }
}

const isReply = (message) => message.thread_ts && message.thread_ts !== message.ts;
