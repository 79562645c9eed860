// Short messages in the corner. A failure stays until it is dismissed; all else goes by itself.

const ICONS = { success: "circle-check", error: "circle-x", warning: "alert-triangle", info: "info-circle" };
const SHOWN_FOR = 6000;
const MOST_SHOWN = 4;

function leaveLater(toast) {
  if (toast.getAttribute("role") === "alert") return;
  let timer = setTimeout(() => toast.remove(), SHOWN_FOR);
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("focusin", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", () => {
    timer = setTimeout(() => toast.remove(), SHOWN_FOR);
  });
}

// kind: success, error, warning or info. The text is set as text, never as HTML. A url of our own
// makes a link of it.
export function toast(text, kind = "info", { url = "", label = "" } = {}) {
  const template = document.getElementById("toast-template");
  const place = document.getElementById("toasts");
  if (!template || !place) return;
  const note = template.content.firstElementChild.cloneNode(true);
  note.classList.add(`toast-note--${kind}`);
  if (kind === "error" || kind === "warning") note.setAttribute("role", "alert");
  const use = note.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${ICONS[kind] ?? ICONS.info}`));
  note.querySelector(".toast-note__text").textContent = text;
  const link = note.querySelector(".toast-note__link");
  if (url) {
    link.href = url;
    link.textContent = label;
    link.hidden = false;
  }
  place.append(note);
  // Of many at once only the latest are of use; all of them are in the inbox.
  const notes = place.querySelectorAll('[data-toast]:not([role="alert"])');
  for (const old of [...notes].slice(0, -MOST_SHOWN)) old.remove();
}

function problemText(request) {
  try {
    const problem = JSON.parse(request.responseText);
    return problem.detail || problem.title;
  } catch {
    return "";
  }
}

export function startToasts() {
  document.querySelectorAll("[data-toast]").forEach(leaveLater);
  // Toasts also come with the answers of requests, put in by htmx.
  const place = document.getElementById("toasts");
  const arrivals = new MutationObserver((changes) => {
    for (const change of changes) {
      for (const arrived of change.addedNodes) if (arrived.matches?.("[data-toast]")) leaveLater(arrived);
    }
  });
  if (place) arrivals.observe(place, { childList: true });
  document.addEventListener("click", (event) => {
    event.target.closest("[data-toast-close]")?.closest("[data-toast]")?.remove();
  });
  // A view may answer with the header HX-Trigger: {"toast": {"text": "…", "kind": "success"}}.
  document.addEventListener("toast", (event) => toast(event.detail.text, event.detail.kind));
  document.addEventListener("htmx:responseError", (event) => {
    const { elt, xhr } = event.detail;
    const text = problemText(xhr) || `The server refused this (${xhr.status}).`;
    // A toast would lie behind a dialog that is open.
    const place = elt.closest("dialog[open]")?.querySelector("[data-dialog-problem]");
    if (place) place.textContent = text;
    else toast(text, "error");
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const place = event.detail.elt.querySelector?.("[data-dialog-problem]");
    if (place) place.textContent = "";
  });
  document.addEventListener("htmx:sendError", () => {
    toast("The server can't be reached. Nothing was changed.", "error");
  });
}
