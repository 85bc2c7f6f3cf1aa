// Searchable choice on long lists: <select data-select>. The plain <select> stays when this cannot run.

import "../vendor/tom-select/tom-select.base.min.js";

const WORDS = {
  no_results: () => '<div class="no-results">Aucun résultat</div>',
};

export function startSelects(root) {
  for (const select of root.querySelectorAll("select[data-select]")) {
    if (select.tomselect) continue;
    const described = select.getAttribute("aria-describedby");
    const control = new globalThis.TomSelect(select, {
      maxOptions: 200,
      // Someone who types fast and presses Enter must get what was typed.
      refreshThrottle: 0,
      allowEmptyOption: !select.required,
      hideSelected: select.multiple,
      closeAfterSelect: !select.multiple,
      render: WORDS,
    });
    // What is typed takes the place of what was chosen, until another choice or none is made.
    control.on("type", (typed) => control.wrapper.classList.toggle("typing", typed !== ""));
    control.on("dropdown_close", () => control.wrapper.classList.remove("typing"));
    // A link of the summary of errors leads to the list behind.
    select.addEventListener("focus", () => control.focus());
    // The label names the new control now; the list behind it is no longer there for screen readers.
    select.setAttribute("aria-hidden", "true");
    if (described) control.control_input.setAttribute("aria-describedby", described);
    if (select.getAttribute("aria-invalid")) control.control_input.setAttribute("aria-invalid", "true");
  }
}
