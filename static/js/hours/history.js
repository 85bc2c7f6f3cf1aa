// Undo and redo of what was saved: a step is what one gesture changed, one cell or a pasted block.

const DEPTH = 200;

export class History {
  constructor() {
    this.done = [];
    this.undone = [];
  }

  /** changes: [{cell, before, after}] */
  push(changes) {
    if (!changes.length) return;
    this.done.push(changes);
    this.done.splice(0, this.done.length - DEPTH);
    this.undone = [];
  }

  undo() {
    const changes = this.done.pop();
    if (!changes) return [];
    this.undone.push(changes);
    return changes.map(({ cell, before }) => [cell, before]);
  }

  redo() {
    const changes = this.undone.pop();
    if (!changes) return [];
    this.done.push(changes);
    return changes.map(({ cell, after }) => [cell, after]);
  }
}
