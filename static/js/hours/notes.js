// What is wrong with a cell: words beside it while it has the focus, and a list above the table that leads to it.

import { sayHours } from "./format.js";

let serial = 0;

function button(label, act) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "btn btn-small";
  element.textContent = label;
  element.addEventListener("click", act);
  return element;
}

function place(cell) {
  const note = cell.problem?.note;
  if (!note?.isConnected) return;
  if (!note.matches(":popover-open")) note.showPopover();
  const at = cell.input.getBoundingClientRect();
  const width = note.offsetWidth;
  const below = at.bottom + 4 + note.offsetHeight < innerHeight;
  note.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
  note.style.top = `${below ? at.bottom + 4 : at.top - 4 - note.offsetHeight}px`;
}

export class Notes {
  constructor(form) {
    this.list = form.querySelector("[data-grid-problems]");
    this.cells = new Set();
    form.addEventListener("focusin", (event) => this.follow(event.target));
    form.addEventListener("focusout", (event) => {
      if (!event.relatedTarget?.closest?.(".cell-note")) this.hide();
    });
    form.querySelector("[data-grid-box]")?.addEventListener("scroll", () => this.follow(document.activeElement), { passive: true });
  }

  /** Shows `text` at the cell, with buttons [[label, act]]. */
  set(cell, text, choices = []) {
    this.clear(cell);
    const note = document.createElement("div");
    note.className = "cell-note";
    note.id = `cell-note-${(serial += 1)}`;
    note.popover = "manual";
    const words = document.createElement("p");
    words.textContent = text;
    note.append(words, ...choices.map(([label, act]) => button(label, act)));
    cell.box.append(note);
    cell.problem = { text, note };
    cell.input.setAttribute("aria-invalid", "true");
    cell.input.setAttribute("aria-describedby", note.id);
    this.cells.add(cell);
    this.write();
    if (document.activeElement === cell.input) place(cell);
  }

  clear(cell) {
    if (!cell.problem) return;
    cell.problem.note.remove();
    cell.problem = null;
    cell.input.removeAttribute("aria-invalid");
    cell.input.removeAttribute("aria-describedby");
    this.cells.delete(cell);
    this.write();
  }

  follow(target) {
    const cell = [...this.cells].find((one) => one.box.contains(target));
    if (cell) place(cell);
  }

  hide() {
    for (const cell of this.cells) if (cell.problem.note.matches(":popover-open")) cell.problem.note.hidePopover();
  }

  write() {
    const lines = [...this.cells].map((cell) => {
      const line = document.createElement("li");
      const go = button(cell.label, () => cell.input.focus());
      go.className = "link";
      line.append(go, `\u202f: ${cell.problem.text}`);
      return line;
    });
    this.list.replaceChildren(...lines);
    this.list.hidden = lines.length === 0;
  }
}

/** The words of a refusal because someone else wrote first. */
export function conflictText({ by, at, theirs }) {
  const who = by ? `par ${by}` : "entre-temps";
  const when = at ? ` à ${at}` : "";
  return `Cette cellule a été modifiée ${who}${when}\u202f: elle vaut ${theirs === null ? "vide" : `${sayHours(theirs)}\u202fh`}.`;
}
