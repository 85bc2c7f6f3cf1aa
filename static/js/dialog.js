// A question before an action is a popover (it works without scripts); here it becomes a modal <dialog>, which keeps the focus.

export function startDialogs(root) {
  for (const opener of root.querySelectorAll("[data-dialog]")) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (!dialog?.popover) continue;
    dialog.removeAttribute("popover");
    opener.removeAttribute("popovertarget");
    opener.setAttribute("aria-haspopup", "dialog");
    opener.addEventListener("click", () => dialog.showModal());
    for (const closer of dialog.querySelectorAll("[data-dialog-close]")) {
      closer.removeAttribute("popovertarget");
      closer.addEventListener("click", () => dialog.close());
    }
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
  }
}
