// Ctrl+Enter (or Command+Enter) in a text with data-sends sends its form; what is opened to be
// written in gets the cursor.

export function startComments() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const field = event.target.closest?.("textarea[data-sends]");
    if (!field) return;
    event.preventDefault();
    field.form.requestSubmit();
  });
  document.addEventListener(
    "toggle",
    (event) => {
      if (event.target.open) event.target.querySelector("textarea[data-sends]")?.focus();
    },
    true,
  );
}
