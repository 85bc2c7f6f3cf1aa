// Light or dark: the reader's system decides until the button is used; the choice is kept in the cookie « theme »,
// which the server writes on <html>, so that no page flashes.

const YEAR = 365 * 24 * 3600;
const system = matchMedia("(prefers-color-scheme: dark)");

function isDark() {
  const chosen = document.documentElement.dataset.bsTheme;
  return chosen ? chosen === "dark" : system.matches;
}

export function remember(name, value) {
  document.cookie = `${name}=${value}; path=/; max-age=${YEAR}; samesite=lax`;
}

export function startTheme() {
  const button = document.querySelector("[data-theme-toggle]");
  if (!button) return;
  const show = () => button.setAttribute("aria-pressed", String(isDark()));
  button.addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    document.documentElement.dataset.bsTheme = theme;
    remember("theme", theme);
    show();
    document.dispatchEvent(new CustomEvent("clauseo:theme"));
  });
  system.addEventListener("change", () => {
    show();
    document.dispatchEvent(new CustomEvent("clauseo:theme"));
  });
  show();
}
