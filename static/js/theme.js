// Sets the colour theme before the first paint. A plain script in the head, since a module would
// run only after the page was drawn, and the page would flash.
(() => {
  const systemDark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    let choice = "auto";
    try {
      choice = localStorage.getItem("sluice-theme") || "auto";
    } catch {
      // Storage may be forbidden; the system's wish is then followed.
    }
    const dark = choice === "dark" || (choice !== "light" && systemDark.matches);
    document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
    document.documentElement.dataset.themeChoice = choice;
  };
  apply();
  systemDark.addEventListener("change", apply);
  window.addEventListener("storage", apply);
  window.addEventListener("sluice:theme", apply);
})();
