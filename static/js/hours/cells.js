// The grid as rows and columns of cells, and moving among them.

import { hundredths, parseHours, showHours } from "./format.js";

/** One input of the grid. Values in hundredths of an hour, null for an empty cell. */
export class Cell {
  constructor(input) {
    const { month, kind, version, status, saved } = input.dataset;
    this.input = input;
    this.box = input.closest("td");
    this.row = input.closest("tr[data-assignment]");
    this.lot = input.closest("tbody");
    this.assignment = this.row.dataset.assignment;
    this.month = month;
    this.kind = kind;
    this.fields = {
      version: this.box.querySelector("input[name^=version-]"),
      saved: this.box.querySelector("input[name^=saved-]"),
    };
    this.version = version ?? "";
    this.status = status ?? "";
    this.saved = saved === undefined ? (parseHours(input.defaultValue).hours ?? null) : hundredths(saved);
    this.wanted = this.saved;
    this.state = "idle";
    this.problem = null;
  }

  get version() {
    return this.input.dataset.version;
  }

  /** The hidden fields keep step, for a submit of the plain form. */
  set version(value) {
    this.input.dataset.version = value;
    if (this.fields.version) this.fields.version.value = value;
  }

  get saved() {
    return this.lastSaved;
  }

  set saved(value) {
    this.lastSaved = value;
    if (this.fields.saved) this.fields.saved.value = value === null ? "" : (value / 100).toFixed(2);
  }

  get label() {
    return this.input.getAttribute("aria-label");
  }

  get locked() {
    return this.input.readOnly || this.input.disabled;
  }

  /** What the totals count: what is typed if it can be read, else what is saved; refused hours count for nothing. */
  get counted() {
    if (this.status === "refusee") return 0;
    const { hours } = parseHours(this.input.value);
    return (hours === undefined ? this.saved : hours) ?? 0;
  }

  get edited() {
    return this.input.value.trim() !== showHours(this.wanted);
  }

  show(value) {
    this.input.value = showHours(value);
  }

  setState(state) {
    this.state = state;
    this.box.dataset.state = state;
  }

  setStatus(status) {
    this.status = status;
    this.input.dataset.status = status;
    if (status === "validee") this.input.readOnly = true;
  }
}

/** Rows and columns of one table. A column is a position in the row: rows must not span columns. */
export class CellMap {
  constructor(table) {
    this.byInput = new Map();
    for (const input of table.querySelectorAll("tr[data-assignment] input[data-month]")) {
      this.byInput.set(input, new Cell(input));
    }
    const columns = new Set(this.all.map((cell) => cell.box.cellIndex));
    this.columns = [...columns].sort((a, b) => a - b);
    this.rows = [...table.querySelectorAll("tr[data-assignment]")].map((row) => {
      const cells = [...row.querySelectorAll("input[data-month]")].map((input) => this.byInput.get(input));
      return this.columns.map((column) => cells.find((cell) => cell.box.cellIndex === column) ?? null);
    });
    this.rows.forEach((row, r) => row.forEach((cell, c) => cell && Object.assign(cell, { r, c })));
  }

  get all() {
    return [...this.byInput.values()];
  }

  /** The next cell in a direction, stepping over places without one; null at the edge. */
  next(cell, down, right) {
    let r = cell.r + down;
    let c = cell.c + right;
    while (this.rows[r] && c >= 0 && c < this.columns.length) {
      if (this.rows[r][c]) return this.rows[r][c];
      r += down;
      c += right;
    }
    return null;
  }

  /** Places of a pasted block from `cell` on: {pairs: [[cell, text]], locked, outside} (the two last are counts). */
  place(cell, block) {
    const result = { pairs: [], locked: 0, outside: 0 };
    block.forEach((texts, down) =>
      texts.forEach((text, right) => {
        const target = this.rows[cell.r + down]?.[cell.c + right];
        if (!target) result.outside += text.trim() ? 1 : 0;
        else if (target.locked) result.locked += 1;
        else result.pairs.push([target, text]);
      }),
    );
    return result;
  }
}
