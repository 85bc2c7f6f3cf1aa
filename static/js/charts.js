// Charts from the table beside them (components/_chart.html): the table is the only source of the figures.
// <table id="x" data-chart data-unit="h"> and <canvas data-chart-of="x">; each column header but the first has data-look.
// data-chart="rows" lays the bars down: for names, which need room.

import "../vendor/chartjs/chart.umd.min.js";
import { parseNumber } from "./hours/format.js";

const figures = new Intl.NumberFormat("fr-FR", { maximumFractionDigits: 2 });
const ROW = 34;
const LINE = 28;
const drawn = new Map();

function colour(name) {
  const probe = document.createElement("i");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

// Hatching: what is declared and not yet validated, here as in the obligation bar.
function hatching(line, ground) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const pen = tile.getContext("2d");
  pen.fillStyle = ground;
  pen.fillRect(0, 0, 8, 8);
  pen.strokeStyle = line;
  pen.lineWidth = 2;
  for (const shift of [-8, 0, 8]) {
    pen.beginPath();
    pen.moveTo(shift, 8);
    pen.lineTo(shift + 8, 0);
    pen.stroke();
  }
  return pen.createPattern(tile, "repeat");
}

function looks() {
  const bar = { type: "bar", stack: "hours", maxBarThickness: 40, pointStyle: "rect" };
  const line = { type: "line", pointStyle: "line", borderWidth: 2, pointRadius: 0, pointHitRadius: 12, tension: 0, spanGaps: false };
  const validated = colour("validated");
  return {
    validated: { ...bar, backgroundColor: validated, borderColor: validated, borderWidth: 1 },
    declared: { ...bar, backgroundColor: hatching(validated, colour("declared-weak")), borderColor: validated, borderWidth: 1 },
    expected: { ...line, borderColor: colour("ink-2"), borderDash: [6, 4], backgroundColor: colour("ink-2") },
    cumulative: { ...line, borderColor: colour("action"), backgroundColor: colour("action") },
    previous: { ...line, borderColor: colour("ink-2"), backgroundColor: colour("ink-2"), borderWidth: 1 },
  };
}

function read(table) {
  // A column without a look is in the table alone: another unit than the chart's.
  const heads = [...table.tHead.rows[0].cells].filter((head) => head.dataset.look);
  const rows = [...table.tBodies[0].rows];
  const styles = looks();
  return {
    labels: rows.map((row) => row.cells[0].textContent.trim()),
    datasets: heads.map((head) => ({
      label: head.textContent.trim(),
      data: rows.map((row) => parseNumber(row.cells[head.cellIndex].textContent)),
      ...styles[head.dataset.look],
    })),
  };
}

// « février 2023 » under a bar: short, its year below, never aslant.
const MONTHS = { janvier: "janv.", février: "févr.", avril: "avr.", juillet: "juil.", septembre: "sept.", octobre: "oct.", novembre: "nov.", décembre: "déc." };

function shortMonth(name) {
  const [, month, year] = /^(\p{L}+) (\d{4})$/u.exec(name) ?? [];
  return year ? [MONTHS[month] ?? month, year] : name;
}

// The lines of the legend are dashed as those of the chart.
function legend(chart) {
  const entries = globalThis.Chart.defaults.plugins.legend.labels.generateLabels(chart);
  for (const entry of entries) entry.lineDash = chart.data.datasets[entry.datasetIndex].borderDash ?? [];
  return entries;
}

// A name too long for its axis goes on two lines, then is cut: the table has it whole.
function lines(name) {
  if (name.length <= LINE) return name;
  const at = name.lastIndexOf(" ", LINE);
  const rest = name.slice(at > 0 ? at + 1 : LINE);
  return [name.slice(0, at > 0 ? at : LINE), rest.length > LINE ? `${rest.slice(0, LINE - 1)}…` : rest];
}

// Sums over the years dwarf the hours of a month: beside bars, lines have their own scale at the right.
function scales(data, names, amounts, lying) {
  if (lying) return { x: amounts, y: names };
  const lines = data.datasets.filter((set) => set.type === "line");
  if (!lines.length || lines.length === data.datasets.length) return { x: names, y: amounts };
  for (const line of lines) line.yAxisID = "sums";
  const title = (text) => ({ display: true, text, color: colour("ink-2"), font: { size: 12 } });
  return {
    x: names,
    y: { ...amounts, title: title("mois") },
    sums: { ...amounts, position: "right", grid: { display: false }, title: title("cumul") },
  };
}

function options(unit, lying, data) {
  const axis = { ticks: { color: colour("ink-2") }, grid: { color: colour("line") }, border: { color: colour("line-strong") } };
  const shown = (value) => (value === null ? "" : `${figures.format(value)}${unit ? `\u202f${unit}` : ""}`);
  const names = { ...axis, stacked: true, grid: { display: false } };
  const amounts = { ...axis, beginAtZero: true, ticks: { ...axis.ticks, maxTicksLimit: 6, maxRotation: 0, callback: (value) => shown(value) } };
  names.ticks = lying
    ? { ...axis.ticks, autoSkip: false, callback(index) { return lines(this.getLabelForValue(index)); } }
    : { ...axis.ticks, maxRotation: 0, callback(index) { return shortMonth(this.getLabelForValue(index)); } };
  return {
    animation: false,
    maintainAspectRatio: false,
    indexAxis: lying ? "y" : "x",
    interaction: { mode: "index", intersect: false, axis: lying ? "y" : "x" },
    scales: scales(data, names, amounts, lying),
    plugins: {
      legend: { display: data.datasets.length > 1, position: "bottom", labels: { color: colour("ink"), usePointStyle: true, pointStyleWidth: 28, boxHeight: 9, generateLabels: legend } },
      tooltip: { callbacks: { label: (item) => ` ${item.dataset.label}\u202f: ${shown(item.raw)}` } },
    },
  };
}

function draw(table) {
  const canvas = document.querySelector(`[data-chart-of="${table.id}"]`);
  if (!canvas) return;
  drawn.get(table)?.destroy();
  globalThis.Chart.defaults.font = { family: getComputedStyle(document.body).fontFamily, size: 14 };
  const data = read(table);
  const lying = table.dataset.chart === "rows";
  if (lying) canvas.parentElement.style.height = `${data.labels.length * ROW + 40}px`;
  drawn.set(table, new globalThis.Chart(canvas, { data, options: options(table.dataset.unit, lying, data) }));
}

export function startCharts(root) {
  for (const table of root.querySelectorAll("table[data-chart]")) {
    draw(table);
    table.closest("details")?.removeAttribute("open");
  }
}

function redraw() {
  for (const table of [...drawn.keys()]) {
    if (table.isConnected) draw(table);
    else drawn.delete(table);
  }
}

// A canvas keeps its colours: on paper they must be the light ones.
let shownTheme;
addEventListener("beforeprint", () => {
  shownTheme = document.documentElement.dataset.bsTheme;
  document.documentElement.dataset.bsTheme = "light";
  redraw();
});
addEventListener("afterprint", () => {
  if (shownTheme) document.documentElement.dataset.bsTheme = shownTheme;
  else delete document.documentElement.dataset.bsTheme;
  redraw();
});
document.addEventListener("clauseo:theme", redraw);
