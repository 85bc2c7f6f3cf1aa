// On a phone the rows of a list are cards (static/css/tables.css): each cell there says its column, a dash is left out.

export function startCards(root) {
  for (const table of root.querySelectorAll(".table-box:not(.table-wide) > .list")) {
    const labels = [];
    for (const head of table.tHead?.rows[0]?.cells ?? []) {
      for (let column = 0; column < head.colSpan; column += 1) labels.push(head.querySelector(".visually-hidden") ? "" : head.textContent.trim());
    }
    for (const row of table.querySelectorAll(":is(tbody, tfoot) > tr")) label(row, labels);
  }
}

function label(row, labels) {
  let column = 0;
  for (const cell of row.cells) {
    if (cell.localName === "td" && labels[column] && !cell.matches(".tick")) {
      cell.dataset.label = labels[column];
      cell.toggleAttribute("data-blank", cell.textContent.trim() === "–");
    }
    column += cell.colSpan;
  }
}
