// Joins the parts: listens to the emulator, keeps one person's world, draws it, and sends what that person does.

import { Refused, fetchState, listen, speakingAs } from "./api.js";
import { seat } from "./avatar.js";
import { busy, busyUntilSettled, isBusy, settle, settleAll } from "./busy.js";
import { drawClock, setUpClock, tellNews } from "./clock.js";
import { Composer, drawComposer } from "./composer.js";
import { confirmed } from "./dialog.js";
import { $, h } from "./dom.js";
import { Guide, drawIntro, drawTries, reopenGuide } from "./guide.js";
import { drawHeader } from "./header.js";
import { HomeTab } from "./home.js";
import { Inspector } from "./inspector.js";
import { MessageList } from "./messages.js";
import { Modals } from "./modal.js";
import { mrkdwn } from "./mrkdwn.js";
import { Scroller } from "./scroller.js";
import { Drawer, drawConversations, drawRail, drawWorkspace } from "./sidebar.js";
import { drawShortcuts } from "./shortcuts.js";
import { ThreadPane } from "./thread.js";
import { dayKey } from "./time.js";
import { announce, banner, clearToasts, toast } from "./toast.js";
import { World } from "./world.js";

const GRACE_MS = 600; // what a click brings about may reach us a little after its answer

let world = null;
let current = null; // id of the open conversation
let tab = "messages"; // of the app's own conversation
let stopListening = () => {};
let arriving = null; // set while the state of the chosen person is being loaded; their acts wait for it
let unheard = null; // events that arrive while the state is being read, to be taken in after it
let held = null; // events that arrive between press and release: a redraw would take the pressed button away
let presses = 0;
let lastDay = "";
let isMoving = false; // whether the clock is on its way
let loadedAt = ""; // the newest timestamp when this page was loaded, or when the playground was started again

const drawer = new Drawer();
const composer = new Composer($("composer"), (text) => say(text));
const actInMessage = (message, values, action, confirm, node) =>
  act({ conversation: message.conversation, ts: message.ts }, values, action, confirm, node);
const list = new MessageList($("messages"), actInMessage, () => drawMessages(false));
const thread = new ThreadPane($("thread"), {
  act: actInMessage, reply: (text) => say(text, thread.ts), closed: leaveThread, redraw: () => drawMessages(false),
});
const scroller = new Scroller($("scroller"), list);
const actInView = (view, values, action, confirm, node) => act({ view_id: view.id }, values, action, confirm, node);
const guide = new Guide($("guide"), { send: sendStep, next: (button) => move({ next: true, mine: true }, button), changed: drawGuide });
const home = new HomeTab($("home"), actInView);
const modals = new Modals({
  act: actInView,
  submit: (view, values) => attempt(async () => (await chosen()).submit(view.id, values)),
  close: closeView,
});

/** What drawing needs to know about this moment: who is who, for whom, and what time it is. */
const context = () => ({
  me: world.me, tz: world.me.tz, bot: world.bot, people: world.people,
  now: () => world.now(), person: (id) => world.person(id), channel: (id) => world.channel(id),
  conversations: () => [...world.conversations.values()], open, shortcuts: world.shortcuts, use: useShortcut,
  openThread, thread: thread.ts, react,
  options: async (place, actionId, typed) => (await chosen()).options(place, actionId, typed).catch(() => []),
});

/** Runs a call; a failure becomes a notice. Answers whether it went well. */
async function attempt(call) {
  try {
    await call();
    return true;
  } catch (failure) {
    if (!(failure instanceof Refused)) throw failure;
    toast(failure.message);
    return false;
  }
}

/** Calls in the name of the person chosen last. They wait until this page shows that person's state. */
async function chosen() {
  await arriving?.promise;
  return speakingAs(world.me.id);
}

async function say(text, threadTs) {
  const speaker = await chosen();
  scroller.acts();
  return attempt(() => speaker.say(current, text, threadTs));
}

async function react(message, name) {
  return attempt(async () => (await chosen()).react({ conversation: message.conversation, ts: message.ts }, name));
}

function openThread(ts) {
  thread.open(ts);
  drawMessages(false);
  thread.draw(world, world.channel(current), context(), true);
  thread.focus();
}

function leaveThread(ts) {
  drawMessages(false);
  const row = list.rowOf(ts);
  (row?.querySelector("[data-key=thread]") ?? row?.querySelector("[data-key=reply]"))?.focus();
}

/** Does a step of the guide, which is shown beside the app's messages only. */
async function sendStep(command, button) {
  if (isBusy(button)) return;
  busy(button);
  if (!(await say(command))) settle(button);
}

async function act(place, values, action, confirm, node) {
  if (isBusy(node) || (confirm && !(await confirmed(confirm, context())))) return;
  await press(node, place.ts, (person) => person.click(place, action, values));
}

/** Shows a control as busy during a call, and a little longer if it went well. `ts` is that of the message where it stands. */
async function press(node, ts, call) {
  scroller.acts(ts);
  busy(node);
  const went = await attempt(async () => call(await chosen()));
  setTimeout(() => settle(node), went ? GRACE_MS : 0);
}

/** A shortcut of the app, used on a message or anywhere. */
async function useShortcut(id, message, node) {
  const place = message && { conversation: message.conversation, ts: message.ts };
  if (!isBusy(node)) await press(node, null, (person) => person.useShortcut(id, place));
}

async function closeView(view, all) {
  const me = world.me.id;
  world.views = all ? [] : world.views.filter((shown) => shown.id !== view.id);
  modals.show(world.views, context());
  await attempt(() => speakingAs(me).close(view.id, all));
}

async function move(change, button) {
  if (isMoving) return;
  isMoving = true;
  busyUntilSettled(button); // it takes no other press until the clock has arrived
  try {
    await attempt(async () => (await chosen()).moveClock(change));
  } finally {
    settle(button);
    isMoving = false;
  }
}

function become(id) {
  stopListening();
  clearToasts(); // they are about what the former person did
  composer.writeAs(id);
  arriving ??= Promise.withResolvers();
  unheard = []; // what the former person hears no longer matters
  const event = (data) => (unheard ? unheard.push(data) : heard(data));
  stopListening = listen(id, { opened: () => load(id), event, lost: () => banner("The connection to the playground is lost. Trying again…") });
  const address = new URL(location.href);
  address.searchParams.set("as", id);
  history.replaceState(null, "", address);
}

async function load(id) {
  const waiting = [];
  unheard = waiting;
  const state = await fetchState(id).catch((failure) => toast(failure.message));
  if (unheard !== waiting) return; // somebody else was chosen meanwhile
  unheard = null;
  if (!state) return;
  const isNewRun = world !== null && world.run !== state.run;
  if (isNewRun) loadedAt = state.last_ts;
  const isOther = isNewRun || world?.me.id !== id;
  world = new World(state, loadedAt);
  seat(world.people);
  settleAll();
  if (isOther) forgetFormer();
  if (!world.channel(current)) current = (world.appDm() ?? world.conversations.values().next().value)?.id;
  drawAll(isOther);
  waiting.forEach(heard);
  guide.read(id);
  arriving?.resolve();
  arriving = null;
  if (!isOther) return;
  announce(`You are ${world.me.name}.`);
  tellTab();
  if (isNewRun) tellOfNewRun();
}

/** Its program remembers nothing: what was drawn before is there no more. */
function tellOfNewRun() {
  reopenGuide();
  toast("The playground was started again: messages, what the app stored and the clock are back at the start.", { stays: true });
}

/** What is drawn belongs to the person who was looking: their names, zone and rights. */
function forgetFormer() {
  thread.close();
  list.clear();
  home.clear();
}

const isAppOpen = () => world.channel(current).kind === "dm";

/** The bot hears when its conversation is opened, and draws its Home then. */
function tellTab() {
  if (isAppOpen()) attempt(() => speakingAs(world.me.id).openTab(tab));
}

function pickTab(next) {
  tab = next;
  thread.close();
  drawAll(true);
  tellTab();
}

function open(id) {
  current = id;
  thread.close();
  list.clear();
  drawAll(true);
  drawer.close();
  tellTab();
  if (matchMedia("(pointer: fine)").matches) $("composer-text").focus();
}

function drawAll(toEnd) {
  drawRail(world, become);
  drawWorkspace(world);
  drawClock(world);
  drawHeader(world.channel(current), world.bot, tab, pickTab);
  $("messages").classList.toggle("archived", Boolean(world.channel(current).archived));
  drawComposer(composer, world.channel(current), world);
  drawShortcuts(world.shortcuts, useShortcut);
  drawTries(world, say);
  drawIntro($("intro"), world, isAppOpen());
  drawHome();
  drawMessages(toEnd);
  drawUnread();
  banner(world.connected ? null : `${world.bot.name} is restarting…`);
  modals.show(world.views, context());
}

function drawHome() {
  const isHome = isAppOpen() && tab === "home";
  $("home").hidden = !isHome;
  $("scroller").hidden = $("foot").hidden = isHome;
  drawGuide();
  if (isHome) home.draw(world.home, context());
}

/** The guide stands above the app's messages; without it, a few commands to try stand below any. */
function drawGuide() {
  const wasFocused = $("guide").contains(document.activeElement);
  guide.draw(isAppOpen() && tab === "messages");
  $("tries").hidden = !$("guide").hidden || !world.channel(current).writable || world.commands.length === 0 || world.me.kind === "guest";
  if (wasFocused && $("guide").hidden) scroller.focus();
}

function drawMessages(toEnd) {
  scroller.redraw(() => list.draw(world.thread(current), context(), (ts) => world.replies(current, ts)), toEnd);
  thread.draw(world, world.channel(current), context());
}

function drawUnread() {
  const here = world.channel(current);
  if (here.unread > 0 && !$("scroller").hidden && document.visibilityState === "visible") {
    here.unread = here.badge = 0;
    speakingAs(world.me.id).read(current).catch(() => {}); // it stays unread there; the next message tries again
  }
  drawConversations(world, current, open);
  document.title = titleOf(here);
}

/** As Slack's: `!` for what Slack counts in a badge, `*` for anything else that is unread. */
function titleOf(here) {
  const unread = world.total("unread");
  const sign = world.total("badge") ? "! " : unread ? "* " : "";
  const place = `${here.name} (${here.kind === "channel" ? "Channel" : "DM"})`;
  const news = unread ? [`${unread} new ${unread === 1 ? "item" : "items"}`] : [];
  return sign + [place, world.workspace.name, ...news, `${world.bot.name} playground`].join(" - ");
}

function heard(event) {
  if (held) return held.push(event);
  if (event.type === "joined") return load(world.me.id); // a channel more, with all its messages
  const isNew = world.apply(event);
  if (event.type === "message" || event.type === "message_deleted") messageChanged(event, isNew);
  if (event.type === "views") modals.show(world.views, context());
  if (event.type === "view_errors") modals.showErrors(event.view_id, event.errors);
  if (event.type === "home") drawHome();
  if (event.type === "unread") drawUnread();
  if (event.type === "mail") drawRail(world, become);
  if (event.type === "clock") tick();
  if (event.type === "news") tellNews(event.text);
  if (event.type === "connected") banner(event.connected ? null : `${world.bot.name} is restarting…`);
  if (event.type === "toast") toast(event.text);
  if (event.type === "reset") {
    reopenGuide();
    return location.reload();
  }
  if (["message", "home", "views", "news", "unread", "connected"].includes(event.type)) guide.read(world.me.id);
  if (!["unread", "mail", "clock", "news", "connected"].includes(event.type)) settleAll();
}

function hold() {
  presses += 1;
  held ??= [];
}

/** Takes in what arrived during a press, once its click was handled, unless the next press has begun by then. */
function releaseSoon() {
  const ended = presses;
  setTimeout(() => ended === presses && release());
}

function release() {
  const events = held ?? [];
  held = null;
  events.forEach(heard);
}

function messageChanged(event, isNew) {
  if ((event.message ?? event).conversation !== current) return;
  if (isNew && world.isInThread(event.message)) return threadGrew(event.message);
  const follows = isNew && scroller.follows();
  drawMessages(follows);
  if (event.message) announce(`${event.message.author.name}${isNew ? "" : ", changed"}: ${wordsOf(event.message) || "a message"}`);
  if (isNew) scroller.came(follows);
  else scroller.showReplaced((event.message ?? event).ts);
}

/** A reply changes the message that it belongs to; nobody is taken there, as it may stand far above. */
function threadGrew(reply) {
  drawMessages(false);
  announce(`${reply.author.name}, in a thread: ${wordsOf(reply) || "a message"}`);
}

/** What a message says, without mark-up, for those who listen. */
const wordsOf = (message) => h("p", {}, mrkdwn(message.text ?? "", context())).textContent;

function tick() {
  if (!world) return;
  drawClock(world);
  drawWorkspace(world);
  const today = dayKey(world.now(), world.me.tz);
  if (today !== lastDay) drawMessages(false); // "Today" has become "Yesterday"
  lastDay = today;
}

async function start() {
  setUpClock(move);
  new Inspector();
  document.addEventListener("pointerdown", ({ button }) => button === 0 && hold(), true);
  document.addEventListener("keydown", ({ key }) => key === " " && hold(), true); // a button clicks at its release
  for (const end of ["pointerup", "pointercancel", "contextmenu", "keyup"]) document.addEventListener(end, releaseSoon, true);
  document.addEventListener("visibilitychange", () => world && drawUnread());
  setInterval(tick, 1000);
  const wanted = new URL(location.href).searchParams.get("as");
  const state = await fetchState(wanted).catch(() => fetchState(null)).catch((failure) => toast(failure.message));
  loadedAt = state?.last_ts ?? "";
  if (state) become(state.me.id);
  else setTimeout(() => location.reload(), 4000);
}

start();
