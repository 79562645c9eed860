// Native dialogs: buttons with data-dialog-open="ID" open them, data-dialog-close closes them.

// Asks in the page's own dialog; answers whether the person confirmed.
export function confirmed(text, { title = "Please confirm", button = "Go on" } = {}) {
  const dialog = document.getElementById("confirm");
  if (!dialog) return Promise.resolve(window.confirm(text));
  dialog.querySelector(".dialog__title").textContent = title;
  dialog.querySelector("[data-dialog-text]").textContent = text;
  dialog.querySelector('button[type="submit"]').textContent = button;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "confirmed"), { once: true });
  });
}

export function startDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog-open]");
    if (opener) document.getElementById(opener.dataset.dialogOpen)?.showModal();
    const closer = event.target.closest("[data-dialog-close]");
    if (closer) closer.closest("dialog")?.close("");
    // A click on the dialog itself, outside its form, is a click on the backdrop.
    if (event.target instanceof HTMLDialogElement) event.target.close("");
  });
  document.addEventListener("htmx:confirm", (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    confirmed(event.detail.question).then((yes) => yes && event.detail.issueRequest(true));
  });
}
