// Everything this page says to the emulator and hears from it; failures come back as words that a person can act on.

const UNREACHABLE = "The playground does not answer. Check that its program is still running in your terminal, then try again.";

/** A failure whose message may be shown as it is. */
export class Refused extends Error {}

/** Waits at the server for exchanges after a version; `signal` ends the waiting. */
export const fetchExchanges = (after, signal) => request(`/page/exchanges?after=${after}`, { signal });

export const resetAll = () => post("/page/reset", {});

async function request(path, options) {
  let response;
  try {
    response = await fetch(path, { cache: "no-store", ...options });
  } catch {
    throw new Refused(UNREACHABLE);
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok || answer === null || answer.ok === false) throw new Refused(answer?.error ?? UNREACHABLE);
  return answer;
}

const post = (path, body) =>
  request(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

/** The first steps as this person has done them, or null where there is no guide. */
export const fetchGuide = async (as) => (await request(`/page/guide?as=${encodeURIComponent(as)}`)).guide;

export const fetchState = (as) => request(as ? `/page/state?as=${encodeURIComponent(as)}` : "/page/state");

/** The calls that are made in somebody's name. */
export const speakingAs = (as) => ({
  say: (conversation, text, thread_ts) => post("/page/say", { as, conversation, text, thread_ts }),
  click: (place, action, state_values) => post("/page/click", { as, ...place, action, state_values }),
  options: async (place, action_id, value) => (await post("/page/options", { as, ...place, action_id, value })).options,
  react: (place, name) => post("/page/react", { as, ...place, name }),
  useShortcut: (callback_id, place) => post("/page/shortcut", { as, callback_id, ...place }),
  submit: (view_id, state_values) => post("/page/submit", { as, view_id, state_values }),
  close: (view_id, all) => post("/page/close", { as, view_id, all }),
  openTab: (tab) => post("/page/home", { as, tab }),
  moveClock: (change) => post("/page/clock", { as, ...change }),
  read: (conversation) => post("/page/read", { as, conversation }),
});

/**
 * Listens to what happens for `as`. `opened` runs at every (re)connection: the state must be read again then, because
 * whatever happened in between was not heard. Returns a function that stops listening.
 */
export function listen(as, { opened, event, lost }) {
  let source;
  let timer;
  const connect = () => {
    source = new EventSource(`/page/events?as=${encodeURIComponent(as)}`);
    source.onopen = opened;
    source.onmessage = (message) => event(JSON.parse(message.data));
    source.onerror = () => {
      lost();
      if (source.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
      clearTimeout(timer);
      timer = setTimeout(connect, 2000);
    };
  };
  connect();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
