// Says dates and times the way the person who is looking would: in their own zone, in British English.

const formats = new Map();

/** A zone that the browser knows; an unknown or missing one becomes UTC. */
function knownZone(tz) {
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone: tz || "UTC" });
    return tz || "UTC";
  } catch {
    return "UTC";
  }
}

function say(at, tz, options) {
  const key = JSON.stringify([tz, options]);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: knownZone(tz), hourCycle: "h23", ...options }));
  return formats.get(key).format(at);
}

export const timeOf = (at, tz) => say(at, tz, { hour: "2-digit", minute: "2-digit" });
export const fullOf = (at, tz) =>
  say(at, tz, { weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" });
export const clockDay = (at, tz) => say(at, tz, { weekday: "short", day: "numeric", month: "short", year: "numeric" }).replace(",", "");

/** A sortable name of the local day, such as 2026-11-24. */
export function dayKey(at, tz) {
  const parts = say(at, tz, { year: "numeric", month: "2-digit", day: "2-digit" }).split("/");
  return parts.reverse().join("-");
}

export function dayLabel(at, tz, now) {
  const days = daysBetween(at, now, tz);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  if (days === -1) return "Tomorrow";
  const sameYear = dayKey(at, tz).slice(0, 4) === dayKey(now, tz).slice(0, 4);
  return say(at, tz, { weekday: "long", day: "numeric", month: "long", ...(sameYear ? {} : { year: "numeric" }) });
}

function daysBetween(at, now, tz) {
  return Math.round((Date.parse(dayKey(now, tz)) - Date.parse(dayKey(at, tz))) / 86_400_000);
}

/** "Berlin" from "Europe/Berlin". */
export const city = (tz) => knownZone(tz).split("/").pop().replaceAll("_", " ");

export function offset(at, tz) {
  const part = new Intl.DateTimeFormat("en-GB", { timeZone: knownZone(tz), timeZoneName: "shortOffset" })
    .formatToParts(at)
    .find((part) => part.type === "timeZoneName");
  return part.value.replace("GMT", "UTC").replace("-", "−");
}

/** Fills in the format of Slack's `<!date^…>`: `{date_long} at {time}` and its kin. */
export function slackDate(seconds, format, tz, now) {
  const at = new Date(seconds * 1000);
  const pretty = (long) => {
    const days = daysBetween(at, now, tz);
    return Math.abs(days) <= 1 ? dayLabel(at, tz, now).toLowerCase() : long;
  };
  const date = say(at, tz, { day: "numeric", month: "long", year: "numeric" });
  const short = say(at, tz, { day: "numeric", month: "short", year: "numeric" });
  const long = say(at, tz, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const known = {
    date, date_num: dayKey(at, tz), date_short: short, date_long: long,
    date_pretty: pretty(date), date_short_pretty: pretty(short), date_long_pretty: pretty(long),
    time: timeOf(at, tz), time_secs: say(at, tz, { hour: "2-digit", minute: "2-digit", second: "2-digit" }),
    ago: ago(at, now),
  };
  return format.replace(/\{([a-z_]+)\}/g, (whole, name) => known[name] ?? whole);
}

function ago(at, now) {
  const minutes = Math.round((at - now) / 60_000);
  const [amount, unit] = Math.abs(minutes) < 60 ? [minutes, "minute"]
    : Math.abs(minutes) < 1440 ? [Math.round(minutes / 60), "hour"] : [Math.round(minutes / 1440), "day"];
  return new Intl.RelativeTimeFormat("en-GB", { numeric: "auto" }).format(amount, unit);
}

/** A moment in seconds as `2026-11-28T09:30` in a zone. */
export function localMoment(seconds, tz) {
  const at = new Date(seconds * 1000);
  return `${dayKey(at, tz)}T${timeOf(at, tz)}`;
}

/** The seconds of such a local time: guessed in UTC, then moved by what the zone shows of the guess. */
export function secondsOf(local, tz) {
  const guess = Date.parse(`${local}:00Z`) / 1000;
  const shown = Date.parse(`${localMoment(guess, tz)}:00Z`) / 1000;
  return guess - (shown - guess);
}
