// Draws `data_visualization` blocks as bars in SVG, with the numbers in a table for those who can't see them.

import { h, svg } from "./dom.js";

const MOST_WIDE = 480;
const BESIDE = 110; // what stands beside a chart on a narrow page
const HEIGHT = 170;
const LINE = 12; // of the names below the bars
const LETTER = 6;
const NARROWEST = 48; // of a name; where bars are closer together, every second one has a name

/** Bars, lines and areas become grouped bars, a pie becomes one bar a slice: the playground draws one kind well. */
function readings(chart) {
  if (chart.type === "pie") {
    const segments = chart.segments ?? [];
    return { categories: segments.map((segment) => segment.label), series: [{ name: "Share", values: segments.map((segment) => segment.value) }] };
  }
  const categories = chart.axis_config?.categories ?? chart.series[0].data.map((point) => point.label);
  const series = chart.series.map((line) => ({
    name: line.name, values: categories.map((label) => line.data.find((point) => point.label === label)?.value ?? 0),
  }));
  return { categories, series };
}

export function chart(block) {
  const { categories, series } = readings(block.chart);
  const { x_label: across, y_label: up } = block.chart.axis_config ?? {};
  const caption = h("figcaption", { class: "chart-title" }, block.title);
  const legend = series.length > 1 && h("ul", { class: "legend" },
    series.map((line, i) => h("li", {}, h("span", { class: `key series-${i}` }), line.name)));
  const axes = (across || up) && h("p", { class: "chart-axes" }, [up, across].filter(Boolean).join(" · "));
  return h("figure", { class: "block chart" }, caption, drawing(categories, series), legend, axes, numbers(block.title, categories, series));
}

function drawing(categories, series) {
  const wide = Math.max(Math.min(MOST_WIDE, window.innerWidth - BESIDE), 200);
  const top = Math.max(1, ...series.flatMap((line) => line.values));
  const slot = wide / categories.length;
  const thick = Math.min((slot * 0.72) / series.length, 44);
  const bars = categories.flatMap((category, c) => series.flatMap((line, s) => {
    const tall = Math.max((Math.max(line.values[c], 0) / top) * (HEIGHT - 20), 1);
    const x = slot * c + (slot - thick * series.length) / 2 + thick * s;
    const bar = svg("rect", { class: `bar series-${s}`, x: x + 1, y: HEIGHT - tall, width: thick - 2, height: tall, rx: 3 },
      svg("title", {}, `${category}, ${line.name}: ${line.values[c]}`));
    const value = svg("text", { class: "bar-value", x: x + thick / 2, y: HEIGHT - tall - 5 }, String(line.values[c]));
    return thick > 14 ? [bar, value] : [bar];
  }));
  const every = slot < NARROWEST ? 2 : 1;
  const named = categories.map((category, c) => [category, slot * (c + 0.5)]).filter((_, c) => (categories.length - 1 - c) % every === 0);
  const below = named.map(([category, x]) => [lines(category, slot * every), x]);
  const names = below.flatMap(([words, x]) => words.map((line, n) => svg("text", { class: "bar-name", x, y: HEIGHT + 16 + n * LINE }, line)));
  const rows = Math.max(...below.map(([words]) => words.length));
  const base = svg("line", { class: "base", x1: 0, x2: wide, y1: HEIGHT + 0.5, y2: HEIGHT + 0.5 });
  return svg("svg", { viewBox: `0 0 ${wide} ${HEIGHT + rows * LINE + 12}`, "aria-hidden": "true" }, base, bars, names);
}

/** Split words in two lines if they don't fit in one. */
function lines(words, room) {
  const letters = Math.max(Math.floor(room / LETTER), 2);
  const at = words.length > letters ? words.lastIndexOf(" ", letters) : -1;
  return at > 0 ? [words.slice(0, at), short(words.slice(at + 1), letters)] : [short(words, letters)];
}

function short(words, letters) {
  return words.length > letters ? `${words.slice(0, letters - 1)}…` : words;
}

function numbers(title, categories, series) {
  const head = h("tr", {}, h("td"), series.map((line) => h("th", { scope: "col" }, line.name)));
  const rows = categories.map((category, c) => h("tr", {}, h("th", { scope: "row" }, category), series.map((line) => h("td", {}, String(line.values[c])))));
  const table = h("table", {}, h("caption", {}, title), h("thead", {}, head), h("tbody", {}, rows));
  return h("div", { class: "visually-hidden" }, table); // a table itself would stay as wide as its text
}
