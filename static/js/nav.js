// Folding of the side navigation, one-key shortcuts (« ? » help, « / » search), focus on what needs reading first.

import { remember } from "./theme.js";

const SHORTCUTS_KEY = "clauseo.shortcuts";

function startFold() {
  const button = document.querySelector("[data-nav-fold]");
  if (!button) return;
  const label = button.querySelector(".sidenav-label");
  const show = () => {
    const narrow = document.body.dataset.nav === "narrow";
    button.setAttribute("aria-pressed", String(narrow));
    label.textContent = narrow ? "Déplier le menu" : "Réduire le menu";
  };
  button.addEventListener("click", () => {
    const narrow = document.body.dataset.nav !== "narrow";
    if (narrow) document.body.dataset.nav = "narrow";
    else delete document.body.dataset.nav;
    remember("nav", narrow ? "narrow" : "wide");
    show();
  });
  show();
}

function shortcutsOn() {
  return localStorage.getItem(SHORTCUTS_KEY) !== "off";
}

function isTyping(target) {
  return target.closest("input, textarea, select, [contenteditable]") !== null;
}

function startShortcuts() {
  const box = document.querySelector("[data-shortcuts]");
  if (box) {
    box.checked = shortcutsOn();
    box.addEventListener("change", () => localStorage.setItem(SHORTCUTS_KEY, box.checked ? "on" : "off"));
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || !shortcutsOn()) return;
    const target = { "?": "#help", "/": "[data-search-field]" }[event.key];
    const element = target && document.querySelector(target);
    if (!element) return;
    event.preventDefault();
    if (element.popover === null) element.focus();
    else element.togglePopover();
  });
}

export function startNav() {
  // Tabs wider than a phone scroll: the page's own must be in sight.
  for (const tab of document.querySelectorAll(".tabs [aria-current]")) tab.scrollIntoView({ block: "nearest", inline: "center" });
  startFold();
  startShortcuts();
  document.querySelector("[data-focus]")?.focus();
}
