// Sums that follow the typing: rows, lots, foot, and the lot's bar. Every place that shows one carries data-total.

import { hundredths, sayHours, showHours } from "./format.js";

function sum(cells) {
  return cells.reduce((total, cell) => total + cell.counted, 0);
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Two decimals in a column, as few as needed in a sentence. */
function writeHours(element, value) {
  const shown = element.tagName === "TD" ? showHours(value) : value === null ? "" : sayHours(value);
  write(element, shown || "–");
}

/** Figures of a lot: data-due, data-before, data-validated and data-expected of its <tbody>, plus its cells. */
export function lotFigures(lot, cells) {
  const due = hundredths(lot.dataset.due);
  const total = (hundredths(lot.dataset.before) ?? 0) + sum(cells);
  const validated = hundredths(lot.dataset.validated) ?? 0;
  const expected = hundredths(lot.dataset.expected);
  return { due, total, validated, expected, remaining: due === null ? null : Math.max(0, due - total) };
}

export class Totals {
  constructor(table, cells) {
    this.table = table;
    this.cells = cells;
  }

  /** After a cell of a lot changed: its row, its lot and the foot. Without a lot: everything. */
  refresh(lot = null) {
    const lots = lot ? [lot] : [...this.table.tBodies];
    for (const body of lots) this.refreshLot(body);
    if (this.table.tFoot) this.months(this.table.tFoot, this.cells.all);
  }

  refreshLot(body) {
    const cells = this.cells.all.filter((cell) => cell.lot === body);
    for (const row of body.querySelectorAll("tr[data-assignment]")) {
      const place = row.querySelector("[data-total=row]");
      const own = cells.filter((cell) => cell.row === row);
      if (place) write(place, showHours((hundredths(row.dataset.before) ?? 0) + sum(own)));
    }
    this.months(body, cells);
    if (body.dataset.lot === undefined) return;
    const figures = lotFigures(body, cells);
    for (const place of body.querySelectorAll("[data-total=lot]")) writeHours(place, figures.total);
    for (const place of body.querySelectorAll("[data-total=remaining]")) writeHours(place, figures.remaining);
    body.dispatchEvent(new CustomEvent("clauseo:lot", { bubbles: true, detail: figures }));
  }

  /** Places with data-total="month", narrowed by their data-month and data-kind. */
  months(part, cells) {
    for (const place of part.querySelectorAll("[data-total=month]")) {
      const { month, kind } = place.dataset;
      const own = cells.filter((cell) => (!month || cell.month === month) && (!kind || cell.kind === kind));
      write(place, showHours(sum(own)));
    }
  }
}
