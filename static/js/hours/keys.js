// The keyboard of the grid. Tab stays the browser's; within a cell the left and right arrows move the caret until its edge.

function atEdge(input, right) {
  const { selectionStart: start, selectionEnd: end, value } = input;
  if (start === 0 && end === value.length) return true;
  return start === end && start === (right ? value.length : 0);
}

function corner(grid, last) {
  const cells = grid.cells.all;
  (last ? cells.at(-1) : cells[0])?.input.focus();
  return true;
}

function undo(grid, cell, event) {
  if (event.key.toLowerCase() === "y" || event.shiftKey) {
    grid.replay(grid.history.redo(), "Rétabli");
    return true;
  }
  // While a text is being typed, Ctrl+Z is the browser's own.
  if (cell.edited && !cell.problem) return false;
  grid.replay(grid.history.undo(), "Annulé");
  return true;
}

function help() {
  const panel = document.getElementById("hours-help");
  panel?.showPopover();
  return Boolean(panel);
}

function handle(grid, cell, event) {
  const plain = !(event.ctrlKey || event.metaKey || event.altKey);
  if (!plain) {
    if (event.altKey) return false;
    if (["z", "y"].includes(event.key.toLowerCase())) return undo(grid, cell, event);
    if (event.key === "Home" || event.key === "End") return corner(grid, event.key === "End");
    return false;
  }
  switch (event.key) {
    case "Enter":
      if (!grid.move(cell, event.shiftKey ? -1 : 1, 0)) grid.enter(cell);
      return true;
    case "ArrowUp":
    case "ArrowDown":
      return !event.shiftKey && (grid.move(cell, event.key === "ArrowDown" ? 1 : -1, 0) || true);
    case "ArrowLeft":
    case "ArrowRight": {
      const right = event.key === "ArrowRight";
      return !event.shiftKey && atEdge(cell.input, right) && grid.move(cell, 0, right ? 1 : -1);
    }
    case "Escape":
      grid.restore(cell);
      return true;
    case "?":
      return help();
    default:
      return false;
  }
}

export function startKeys(table, grid) {
  table.addEventListener("keydown", (event) => {
    const cell = grid.cells.byInput.get(event.target);
    if (cell && !event.isComposing && handle(grid, cell, event)) event.preventDefault();
  });
}
