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
    // The label names the new control now; the list behind it is no longer there for screen readers.
    select.setAttribute("aria-hidden", "true");
    if (described) control.control_input.setAttribute("aria-describedby", described);
    if (select.getAttribute("aria-invalid")) control.control_input.setAttribute("aria-invalid", "true");
  }
}
