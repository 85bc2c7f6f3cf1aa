// Entry point. Every page works without it; parts that few pages need are fetched when their mark is there.

import { startDialogs } from "./dialog.js";
import { startBulk } from "./bulk.js";
import { startCards } from "./cards.js";
import { startNav } from "./nav.js";
import { startTheme } from "./theme.js";

const LAZY = [
  ["[data-select]", () => import("./select.js").then((part) => part.startSelects)],
  ["[data-chart]", () => import("./charts.js").then((part) => part.startCharts)],
  ["[data-hours-grid]", () => import("./hours_grid.js").then((part) => part.startGrids)],
];

async function startParts(root) {
  startBulk(root);
  startCards(root);
  startDialogs(root);
  for (const [mark, load] of LAZY) {
    if (root.querySelector(mark)) (await load())(root);
  }
}

startTheme();
startNav();
// Whoever drives a browser knows by this attribute that the page answers.
startParts(document).then(() => document.documentElement.setAttribute("data-started", ""));
document.addEventListener("htmx:load", (event) => {
  if (event.target !== document.body) startParts(event.target);
});
