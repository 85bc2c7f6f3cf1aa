// Runs before the first paint, not as a module: tells the style sheets that scripts run.
document.documentElement.dataset.js = "";
