/* The grid of hours: a plain form of inputs that this module turns into a sheet. It works as a form without it.

The page (components/_hours_cell.html writes a cell, _hours_help.html the help of the keyboard):

  <form method="post" data-hours-grid data-save-url="…">  {% csrf_token %}
    <p data-grid-state role="status"></p>     state of saving; <button data-grid-retry hidden> beside it
    <p data-grid-said role="status"></p>      what a paste or an undo did
    <ul data-grid-problems hidden></ul>       the cells to correct
    <div class="hours-box" data-grid-box role="region" tabindex="0" aria-label="…">
      <table class="list hours">
        <thead>…
        <tbody data-lot="12" data-due="833" data-before="512.25" data-validated="400" data-expected="690">   one per lot
          <tr class="hours-lot">…</tr>        its header, anywhere in the tbody
          <tr data-assignment="45" data-before="120.5">
            <td class="cell"><input name="hours-45-2026-10-travail" data-month="2026-10" data-kind="travail"
                data-version="3" data-status="declaree" value="151,67" aria-label="Awa Diallo, octobre 2026" …></td>
        <tfoot>…

data-due, data-validated, data-expected   of a lot: hours due ("" when not calibrated), validated, expected by now (may be absent)
data-before    of a lot: its hours not refused that are not in the cells shown; of a row: what its total starts from
data-version   "" for a cell without a line; data-saved: the saved value when the input shows another text
A plain decimal has a dot: 512.25. A read-only input is skipped by paste and undo. Rows with cells do not span columns.

Places kept up to date: data-total="row" (in a row), "lot" and "remaining" (in a tbody), "month" with data-month and
data-kind if it must be narrowed (in a tbody or the tfoot), and the svg of class "obligation-bar" in a tbody (hours/bar.js).

Saving: POST data-save-url, form-encoded: assignment, month, kind, version, hours ("151,67", "" erases), X-CSRFToken.
  200 {version, hours, status, groups: {"12": {due, total, validated}}}   total: all hours of the lot not refused, this cell in
  409 {version, yours, theirs, status, by, at}   someone wrote first: both values, the person chooses; by and at optional
  422 {error}                                    a French sentence, shown at the cell (403, 404: likewise)
Decimals in JSON are plain strings; hours and theirs are "" or null for an empty cell; status, groups and warning (a sentence) are optional. */

import { lotBars } from "./hours/bar.js";
import { CellMap } from "./hours/cells.js";
import { hundredths, parseHours, sayHours } from "./hours/format.js";
import { History } from "./hours/history.js";
import { startKeys } from "./hours/keys.js";
import { conflictText, Notes } from "./hours/notes.js";
import { parseBlock } from "./hours/paste.js";
import { poster } from "./hours/post.js";
import { Saver } from "./hours/saver.js";
import { Selection } from "./hours/selection.js";
import { StateLine } from "./hours/state.js";
import { Totals } from "./hours/totals.js";

const NNBSP = "\u202f";

function cellsWord(count, participle = "") {
  const s = count > 1 ? "s" : "";
  return `${count} cellule${s}${participle && ` ${participle}${s}`}`;
}

class Grid {
  constructor(form) {
    this.form = form;
    const table = form.querySelector("table");
    this.cells = new CellMap(table);
    this.totals = new Totals(table, this.cells);
    this.notes = new Notes(form);
    this.history = new History();
    this.saver = new Saver(poster(form), {
      change: () => {
        this.state.show();
        this.selection.show();
      },
      saved: (cell, data) => this.saved(cell, data),
      conflict: (cell, data) => this.conflict(cell, data),
      refused: (cell, message) => this.refused(cell, message),
    });
    this.state = new StateLine(form, this.saver, this.notes);
    this.selection = new Selection(form, this.cells);
    lotBars(table);
    this.listen(table);
    startKeys(table, this);
    // A cell that had the focus before the scripts came.
    this.with({ target: document.activeElement }, (cell) => cell.edited || cell.input.select());
    this.totals.refresh();
  }

  listen(table) {
    table.addEventListener("input", (event) => this.with(event, (cell) => this.totals.refresh(cell.lot)));
    table.addEventListener("focusin", (event) => this.with(event, (cell) => cell.input.select()));
    table.addEventListener("focusout", (event) => this.with(event, (cell) => this.enter(cell)));
    table.addEventListener("paste", (event) => this.with(event, (cell) => this.paste(cell, event)));
    addEventListener("online", () => this.saver.retry());
    addEventListener("beforeunload", (event) => this.unsaved && event.preventDefault());
  }

  with(event, act) {
    const cell = this.cells.byInput.get(event.target);
    if (cell) act(cell);
  }

  get unsaved() {
    return this.saver.pending > 0 || this.notes.cells.size > 0 || this.cells.all.some((cell) => cell.edited);
  }

  say(text) {
    this.form.querySelector("[data-grid-said]").textContent = text;
  }

  /** Takes what is typed in a cell; returns the change it makes, null if none. */
  take(cell) {
    if (cell.locked || !(cell.edited || cell.problem)) return null;
    if (cell.problem && cell.input.value === cell.problem.value) return null;
    const { hours, error } = parseHours(cell.input.value);
    if (error) {
      this.fault(cell, "invalid", error);
      return null;
    }
    this.notes.clear(cell);
    if (cell.theirs) cell.version = cell.theirs.version;
    const change = { cell, before: cell.wanted, after: hours };
    const same = hours === cell.wanted && !cell.theirs;
    cell.theirs = null;
    cell.wanted = hours;
    cell.show(hours);
    if (!same) this.saver.add(cell);
    else if (cell.state === "invalid") cell.setState("idle");
    return same ? null : change;
  }

  /** The cell is left: its text is taken, the totals follow. */
  enter(cell) {
    const change = this.take(cell);
    if (change) this.history.push([change]);
    this.totals.refresh(cell.lot);
    this.state.show();
  }

  fault(cell, state, text, choices) {
    this.saver.drop(cell);
    cell.setState(state);
    this.notes.set(cell, text, choices);
    cell.problem.value = cell.input.value;
    this.state.show();
  }

  paste(cell, event) {
    const block = parseBlock(event.clipboardData.getData("text/plain"));
    if (block.length === 1 && block[0].length === 1) return;
    event.preventDefault();
    const { pairs, locked, outside } = this.cells.place(cell, block);
    const changes = [];
    for (const [target, text] of pairs) {
      target.input.value = text.trim();
      const change = this.take(target);
      if (change) changes.push(change);
    }
    this.history.push(changes);
    this.totals.refresh();
    const wrong = pairs.filter(([target]) => target.problem).length;
    this.say(
      [
        `${cellsWord(pairs.length, "collée")}.`,
        wrong && `${cellsWord(wrong)} à corriger.`,
        locked && `${cellsWord(locked)} non modifiable${locked > 1 ? "s" : ""}, laissée${locked > 1 ? "s" : ""} telle${locked > 1 ? "s" : ""} quelle${locked > 1 ? "s" : ""}.`,
        outside && `${outside} valeur${outside > 1 ? "s" : ""} hors du tableau, ignorée${outside > 1 ? "s" : ""}.`,
      ]
        .filter(Boolean)
        .join(" "),
    );
  }

  /** Undo or redo: `steps` are [cell, value]; read-only cells stay. */
  replay(steps, word) {
    const open = steps.filter(([cell]) => !cell.locked);
    for (const [cell, value] of open) {
      this.notes.clear(cell);
      cell.theirs = null;
      cell.wanted = value;
      cell.show(value);
      this.saver.add(cell);
    }
    if (!open.length) return;
    this.totals.refresh();
    open[0][0].input.focus();
    open[0][0].input.select();
    this.say(`${word}${NNBSP}: ${cellsWord(open.length)}.`);
  }

  /** Escape: back to the last value taken; of two versions, the one on the server. */
  restore(cell) {
    if (cell.theirs && !cell.edited) this.yield(cell);
    else {
      cell.show(cell.wanted);
      if (!cell.theirs) this.notes.clear(cell);
      if (cell.state === "invalid") cell.setState("idle");
    }
    cell.input.select();
    this.totals.refresh(cell.lot);
    this.state.show();
  }

  saved(cell, data) {
    const kept = data.hours === undefined ? cell.saved : hundredths(data.hours);
    if (cell.wanted === cell.saved && kept !== cell.saved) {
      cell.wanted = kept;
      if (document.activeElement !== cell.input) cell.show(kept);
    }
    cell.saved = kept;
    if (data.warning) this.say(`${cell.label}${NNBSP}: ${data.warning}`);
    if (!this.saver.pending && !this.cells.all.some((one) => one.edited)) this.align(data.groups ?? {});
  }

  /** The server's sums of a lot, which hold what others wrote meanwhile. */
  align(groups) {
    for (const [id, { due, total, validated }] of Object.entries(groups)) {
      const lot = this.form.querySelector(`tbody[data-lot="${CSS.escape(id)}"]`);
      if (!lot) continue;
      const shown = this.cells.all.filter((cell) => cell.lot === lot).reduce((sum, cell) => sum + cell.counted, 0);
      Object.assign(lot.dataset, { due: due ?? "", validated, before: String((hundredths(total) - shown) / 100) });
      this.totals.refresh(lot);
    }
  }

  conflict(cell, data) {
    const theirs = hundredths(data.theirs);
    cell.theirs = { value: theirs, version: String(data.version ?? ""), status: data.status };
    if (theirs === cell.wanted) return this.yield(cell);
    const keep = `Garder ${theirs === null ? "vide" : `${sayHours(theirs)}${NNBSP}h`}`;
    const choices = [[keep, () => this.yield(cell, true)]];
    if (data.status !== "validee") {
      const write = cell.wanted === null ? "Effacer quand même" : `Écrire ${sayHours(cell.wanted)}${NNBSP}h`;
      choices.push([write, () => this.insist(cell)]);
    }
    this.fault(cell, "conflict", conflictText({ ...data, theirs }), choices);
  }

  yield(cell, focus = false) {
    const { value, version, status } = cell.theirs;
    Object.assign(cell, { saved: value, wanted: value, version, theirs: null });
    if (status) cell.setStatus(status);
    cell.show(value);
    cell.setState("idle");
    this.after(cell, focus);
  }

  insist(cell) {
    cell.version = cell.theirs.version;
    cell.saved = cell.theirs.value;
    cell.theirs = null;
    this.saver.add(cell);
    this.after(cell, true);
  }

  after(cell, focus) {
    this.notes.clear(cell);
    this.totals.refresh(cell.lot);
    if (focus) cell.input.focus();
    this.state.show();
  }

  refused(cell, message) {
    const again = () => {
      this.saver.add(cell);
      this.after(cell, true);
    };
    this.fault(cell, "refused", message, [["Réessayer", again]]);
  }

  move(cell, down, right) {
    const next = this.cells.next(cell, down, right);
    next?.input.focus();
    return next !== null;
  }
}

export function startGrids(root) {
  for (const form of root.querySelectorAll("form[data-hours-grid]")) new Grid(form);
}
