// Ticking rows of a list. <form data-bulk> holds the table, boxes [data-bulk-row], one [data-bulk-all], the bar of
// components/_bulk_bar.html. A click with Shift ticks or unticks all rows since the last one clicked.

function startOne(form) {
  const rows = () => [...form.querySelectorAll("[data-bulk-row]")];
  const all = form.querySelector("[data-bulk-all]");
  const bar = form.querySelector("[data-bulk-bar]");
  let last = null;

  function show() {
    const boxes = rows();
    const count = boxes.filter((box) => box.checked).length;
    if (all) {
      all.checked = count > 0 && count === boxes.length;
      all.indeterminate = count > 0 && count < boxes.length;
    }
    if (!bar) return;
    bar.toggleAttribute("data-empty", count === 0);
    bar.querySelector("[data-bulk-count]").textContent = count.toLocaleString("fr-FR");
    for (const letter of bar.querySelectorAll("[data-bulk-plural]")) letter.hidden = count < 2;
  }

  form.addEventListener("click", (event) => {
    const box = event.target.closest("[data-bulk-row]");
    if (!box) return;
    const boxes = rows();
    if (event.shiftKey && last) {
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
      for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
    }
    last = box;
  });
  form.addEventListener("change", (event) => {
    if (event.target === all) for (const box of rows()) box.checked = all.checked;
    show();
  });
  show();
}

export function startBulk(root) {
  for (const form of root.querySelectorAll("form[data-bulk]")) startOne(form);
}
