// Draws `data_visualization` blocks as bars in SVG, with the numbers in a table for those who can't see them.

import { h, svg } from "./dom.js";

const WIDTH = 480;
const HEIGHT = 170;
const AXIS = 24;

/** Bars, lines and areas become grouped bars, a pie becomes one bar a slice: the playground draws one kind well. */
function readings(chart) {
  if (chart.type === "pie") {
    const segments = chart.segments ?? [];
    return { categories: segments.map((one) => one.label), series: [{ name: "Share", values: segments.map((one) => one.value) }] };
  }
  const categories = chart.axis_config?.categories ?? chart.series[0].data.map((one) => one.label);
  const series = chart.series.map((one) => ({
    name: one.name, values: categories.map((label) => one.data.find((point) => point.label === label)?.value ?? 0),
  }));
  return { categories, series };
}

export function chart(block) {
  const { categories, series } = readings(block.chart);
  const { x_label: across, y_label: up } = block.chart.axis_config ?? {};
  const caption = h("figcaption", { class: "chart-title" }, block.title);
  const legend = series.length > 1 && h("ul", { class: "legend" },
    series.map((one, i) => h("li", {}, h("span", { class: `key series-${i}` }), one.name)));
  const axes = (across || up) && h("p", { class: "chart-axes" }, [up, across].filter(Boolean).join(" · "));
  return h("figure", { class: "block chart" }, caption, drawing(categories, series), legend, axes, numbers(block.title, categories, series));
}

function drawing(categories, series) {
  const top = Math.max(1, ...series.flatMap((one) => one.values));
  const slot = WIDTH / categories.length;
  const thick = Math.min((slot * 0.72) / series.length, 44);
  const bars = categories.flatMap((category, c) => series.flatMap((one, s) => {
    const tall = Math.max((Math.max(one.values[c], 0) / top) * (HEIGHT - 20), 1);
    const x = slot * c + (slot - thick * series.length) / 2 + thick * s;
    const bar = svg("rect", { class: `bar series-${s}`, x: x + 1, y: HEIGHT - tall, width: thick - 2, height: tall, rx: 3 },
      svg("title", {}, `${category}, ${one.name}: ${one.values[c]}`));
    const value = svg("text", { class: "bar-value", x: x + thick / 2, y: HEIGHT - tall - 5 }, String(one.values[c]));
    return thick > 14 ? [bar, value] : [bar];
  }));
  const names = categories.map((category, c) => svg("text", { class: "bar-name", x: slot * (c + 0.5), y: HEIGHT + 16 }, short(category, slot)));
  const base = svg("line", { class: "base", x1: 0, x2: WIDTH, y1: HEIGHT + 0.5, y2: HEIGHT + 0.5 });
  return svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT + AXIS}`, "aria-hidden": "true" }, base, bars, names);
}

function short(words, room) {
  const letters = Math.max(Math.floor(room / 6), 2);
  return words.length > letters ? `${words.slice(0, letters - 1)}…` : words;
}

function numbers(title, categories, series) {
  const head = h("tr", {}, h("td"), series.map((one) => h("th", { scope: "col" }, one.name)));
  const rows = categories.map((category, c) => h("tr", {}, h("th", { scope: "row" }, category), series.map((one) => h("td", {}, String(one.values[c])))));
  return h("table", { class: "visually-hidden" }, h("caption", {}, title), h("thead", {}, head), h("tbody", {}, rows));
}
