// The page's own small line icons, drawn as SVG so that no icon font and no image file is needed.

import { svg } from "./dom.js";

const PATHS = {
  hash: "M8 3 6.5 17M13.5 3 12 17M3.5 7.5h13.5M3 12.5h13.5",
  menu: "M3 5.5h14M3 10h14M3 14.5h14",
  close: "M5 5l10 10M15 5 5 15",
  back: "M12 4.5 6.5 10l5.5 5.5",
  down: "M5.5 8l4.5 4.5L14.5 8",
  right: "M8 5.5l4.5 4.5L8 14.5",
  check: "M4.5 10.5l3.5 3.5 7.5-8",
  send: "M3.5 3.5 17 10 3.5 16.5 5.5 10zM5.5 10H11",
  reply: "M3.5 4h13v9.5H9L5.5 17v-3.5h-2zM7 8h6M7 10.5h4",
  eye: "M2.5 10S5 5 10 5s7.5 5 7.5 5-2.5 5-7.5 5-7.5-5-7.5-5zM10 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  clock: "M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM10 6v4.2l2.8 1.8",
  more: "M5 10h.01M10 10h.01M15 10h.01",
  warning: "M10 3 18 16.5H2zM10 8.5v3.5M10 14.3h.01",
  info: "M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM10 9.5V14M10 6.6h.01",
  lock: "M5 9h10v7.5H5zM7 9V6.5a3 3 0 0 1 6 0V9",
  archive: "M3 4h14v3.5H3zM4.5 7.5V16h11V7.5M8 10.5h4",
  inspect: "M7 5 2.5 10 7 15M13 5l4.5 5-4.5 5",
  slash: "M12.5 4l-5 12",
  bolt: "M11 2.5 4.5 11.5H10L9 17.5l6.5-9H10z",
  file: "M5.5 2.5h6l3.5 3.5v11.5H5.5zM11 3v3.5h3.5M8 10h4.5M8 13h4.5",
  link: "M8.5 5H5v10h10v-3.5M11 4h5v5M16 4l-7 7",
  shift: "M4 7.5h10.5L11 4M16 12.5H5.5L9 16",
};

export function icon(name, className = "") {
  const attributes = { d: PATHS[name], fill: "none", stroke: "currentColor", "stroke-width": name === "more" ? 2.6 : 1.6 };
  const path = svg("path", { ...attributes, "stroke-linecap": "round", "stroke-linejoin": "round" });
  return svg("svg", { class: `icon ${className}`, viewBox: "0 0 20 20", "aria-hidden": "true", focusable: "false" }, path);
}
