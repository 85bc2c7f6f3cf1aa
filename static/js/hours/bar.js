// The obligation bar of a lot, redrawn while hours are typed. Same drawing as lib/svg.py: stretches in percent of the widest.

const NS = "http://www.w3.org/2000/svg";
const percents = new Intl.NumberFormat("fr-FR", { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });

function share(part, full) {
  return `${Math.round((part / full) * 10_000) / 100}%`;
}

function run(svg, name, start, end, full) {
  let bar = svg.querySelector(`.${name}`);
  if (!bar && end > start) {
    bar = document.createElementNS(NS, "rect");
    bar.setAttribute("class", name);
    bar.setAttribute("y", "25%");
    bar.setAttribute("height", "50%");
    bar.setAttribute("rx", "2");
    bar.setAttribute("fill", name === "bar-declared" ? `url(#${svg.querySelector("pattern").id})` : "var(--validated)");
    svg.querySelector(".bar-track").after(bar);
  }
  if (!bar) return;
  bar.setAttribute("x", share(start, full));
  bar.setAttribute("width", share(Math.max(0, end - start), full));
}

function mark(svg, name, at, full) {
  const line = svg.querySelector(`line.${name}`);
  if (!line) return;
  const place = share(Math.min(Math.max(at / full, 0.003), 0.997), 1);
  for (const one of [line.previousElementSibling, line]) {
    one.setAttribute("x1", place);
    one.setAttribute("x2", place);
  }
}

export function drawBar(svg, { due, total, validated, expected }) {
  if (!due || !svg.querySelector("pattern")) return;
  const full = Math.max(due, total, validated);
  run(svg, "bar-track", 0, due, full);
  run(svg, "bar-validated", 0, validated, full);
  run(svg, "bar-declared", validated, Math.max(total, validated), full);
  mark(svg, "bar-end", due, full);
  if (expected !== null) mark(svg, "bar-expected", expected, full);
  const parts = [`${percents.format(validated / due)} de l'obligation validés`];
  if (total > validated) parts.push(`${percents.format(total / due)} déclarés`);
  if (expected) parts.push(`${percents.format(expected / due)} attendus`);
  svg.querySelector("title").textContent = parts.join(", ");
}

export function lotBars(table) {
  table.addEventListener("clauseo:lot", (event) => {
    const svg = event.target.querySelector("svg.obligation-bar");
    if (svg) drawBar(svg, event.detail);
  });
}
