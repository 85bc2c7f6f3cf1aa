// Ticked rows of the grid: a button says how many hours it will change, [data-ticked-sum="declaree controlee"].

import { sayHours } from "./format.js";

const NNBSP = "\u202f";

export class Selection {
  constructor(form, cells) {
    this.cells = cells;
    this.places = [...form.querySelectorAll("[data-ticked-sum]")].map((place) => [place, place.textContent]);
    form.addEventListener("change", () => this.show());
    form.querySelector("[name=reason]")?.addEventListener("keydown", (event) => {
      // Enter would press the first button of the form, which saves cells.
      if (event.key === "Enter") event.preventDefault();
    });
    this.show();
  }

  show() {
    const ticked = this.cells.all.filter((cell) => cell.row.querySelector("[data-bulk-row]")?.checked);
    for (const [place, word] of this.places) {
      const states = place.dataset.tickedSum.split(" ");
      const sum = ticked.reduce((total, cell) => total + (states.includes(cell.status) ? (cell.saved ?? 0) : 0), 0);
      place.textContent = sum ? `${sayHours(sum)}${NNBSP}h` : word;
    }
  }
}
