// The menu that chooses light, dark or as the system; theme.js applies the choice.

function show() {
  const choice = document.documentElement.dataset.themeChoice;
  for (const button of document.querySelectorAll("[data-theme-choice]:not(html)")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
  }
}

export function startThemeSwitch() {
  show();
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-theme-choice]");
    if (!button) return;
    try {
      localStorage.setItem("sluice-theme", button.dataset.themeChoice);
    } catch {
      document.documentElement.dataset.themeChoice = button.dataset.themeChoice;
    }
    window.dispatchEvent(new Event("sluice:theme"));
    show();
  });
}
