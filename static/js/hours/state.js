// The line that always tells whether everything is saved.

const PATIENCE = 300;
const clock = new Intl.DateTimeFormat("fr-FR", { hour: "2-digit", minute: "2-digit" });

function cells(count) {
  return `${count} cellule${count > 1 ? "s" : ""}`;
}

export class StateLine {
  constructor(form, saver, notes) {
    this.line = form.querySelector("[data-grid-state]");
    this.retry = form.querySelector("[data-grid-retry]");
    this.saver = saver;
    this.notes = notes;
    this.savedAt = null;
    this.wasPending = false;
    this.timer = null;
    this.retry?.addEventListener("click", () => saver.retry());
    this.write();
  }

  /** A save that ends at once does not flicker: « Enregistrement… » waits a moment. */
  show() {
    const { pending, offline } = this.saver;
    if (this.wasPending && !pending) this.savedAt = new Date();
    this.wasPending = pending > 0;
    if (pending && !offline) {
      // Not started anew at each cell: who types without a pause would read « enregistré » all along.
      this.timer ??= setTimeout(() => this.write(), PATIENCE);
    } else {
      this.write();
    }
  }

  write() {
    clearTimeout(this.timer);
    this.timer = null;
    const { pending, offline } = this.saver;
    const wrong = this.notes.cells.size;
    let text = "Tout est enregistré";
    if (offline && pending) text = `Hors ligne, ${cells(pending)} à enregistrer`;
    else if (pending) text = pending > 4 ? `Enregistrement… ${cells(pending)}` : "Enregistrement…";
    else if (this.savedAt) text = `Enregistré à ${clock.format(this.savedAt)}`;
    if (wrong) text += ` · ${cells(wrong)} à corriger`;
    this.line.dataset.state = offline && pending ? "offline" : pending ? "saving" : wrong ? "wrong" : "saved";
    if (this.line.textContent !== text) this.line.textContent = text;
    if (this.retry) this.retry.hidden = !(offline && pending);
  }
}
