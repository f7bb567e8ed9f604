// Runs before the first picture and before any module: the chosen theme, so that nothing flashes,
// and schemas that are read without making code of text, which the page's policy forbids.
globalThis.__zod_globalConfig = { jitless: true };
try {
  const theme = localStorage.getItem("nacre.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be forbidden: the system's theme stands.
}
