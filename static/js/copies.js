// Buttons that copy a text: data-copy="ID" names what holds it, data-copied="ID" is told how it went.
// Without scripts there are none; where the browser lets a page not write to the clipboard (no HTTPS,
// or no permission), the text is selected, so that one key copies it.

function select(source) {
  const range = document.createRange();
  range.selectNodeContents(source);
  const selection = window.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
}

async function copy(source) {
  try {
    await navigator.clipboard.writeText(source.textContent);
    return "Copied.";
  } catch {
    select(source);
    return "It is selected: press Ctrl+C (on a Mac ⌘C) to copy it.";
  }
}

function tell(id, text) {
  const line = document.querySelector(`[data-copied="${id}"]`);
  if (!line) return;
  line.hidden = false;
  line.textContent = text;
}

export function startCopies() {
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
  document.addEventListener("click", async (event) => {
    const id = event.target.closest("[data-copy]")?.dataset.copy;
    const source = id && document.getElementById(id);
    if (source) tell(id, await copy(source));
  });
}
