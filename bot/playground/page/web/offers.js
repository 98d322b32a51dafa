// What the message box can complete: the app's commands, and people and channels behind an @ or a #.

import { avatar } from "./avatar.js";

const MOST_OFFERED = 8;
const INVITE = { command: "/invite", description: "Add an app or a person to this channel", usage_hint: "@name" }; // Slack's own

/**
 * The offers for `text` up to the caret, each `{name, usage, note, face, isDone, put}`: `put` is what then stands in the box
 * before the caret, and `isDone` says that it stands there already.
 */
export function offersFor(before, world, hasCommands) {
  const known = hasCommands ? [...world.commands, INVITE] : [];
  const found = mention(before, world) ?? { label: "Commands", offers: commands(before, known) };
  return { ...found, offers: found.offers.slice(0, MOST_OFFERED) };
}

/** Commands that what is typed may become, then those it already is: these only show their usage. */
function commands(before, known) {
  if (!before.startsWith("/") || before.includes("\n")) return [];
  const typed = before.toLowerCase();
  const becoming = known.filter((entry) => entry.command.toLowerCase().startsWith(typed));
  const exact = becoming.filter((entry) => entry.command.toLowerCase() === typed);
  const already = known.filter((entry) => typed.startsWith(`${entry.command.toLowerCase()} `));
  const isName = !before.includes(" "); // only the command's own name is completed by Enter, as in Slack
  return [...exact, ...becoming.filter((entry) => !exact.includes(entry)), ...already].map((entry) => ({
    name: entry.command, usage: entry.usage_hint, note: entry.description, put: `${entry.command} `, isHint: !isName,
    isDone: entry.command === before.trim(), completes: entry.command.startsWith(before) && entry.command !== before,
  }));
}

/** Null where no @ or # is being typed. */
function mention(before, world) {
  const match = /(?<![^\s(])([@#])([\p{L}\p{N}._-]*)$/u.exec(before);
  if (!match) return null;
  const [whole, sign, typed] = match;
  const start = before.slice(0, before.length - whole.length);
  const offer = ({ word, name, note, face }) => ({
    name, note, face, usage: sign === "@" ? `@${word}` : "", put: `${start}${sign}${word} `, isDone: word === typed.toLowerCase(), completes: true,
  });
  const names = sign === "@" ? people(typed, world, start) : channels(typed, world);
  return { label: sign === "@" ? "People" : "Channels", offers: names.map(offer) };
}

/** The app comes last, except for `/invite`, which mostly concerns the app. */
function people(typed, world, start) {
  const app = { ...world.bot, title: "App", kind: "bot" };
  const found = [...world.people, app]
    .filter((person) => [person.handle, ...person.name.split(" ")].some((word) => startsWith(word, typed)))
    .map((person) => ({ word: person.handle, name: person.name, note: person.title, face: avatar(person, "tiny"), isApp: person === app }));
  if (!found.at(-1)?.isApp) return found;
  const others = found.slice(0, -1).slice(0, MOST_OFFERED - 1);
  return start.startsWith("/invite ") ? [found.at(-1), ...others] : [...others, found.at(-1)];
}

const channels = (typed, world) => [...world.conversations.values()]
  .filter((channel) => channel.kind === "channel" && startsWith(channel.name, typed))
  .map((channel) => ({ word: channel.name, name: `#${channel.name}`, note: channel.topic }));

const bare = (word) => word.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const startsWith = (word, typed) => bare(word).startsWith(bare(typed));
