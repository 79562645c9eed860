// Keeps what a page shows up to date. A part with data-live-refresh is asked for again when an event
// of one of the named kinds comes, so what is pushed and what a fresh page says are the same thing.
// An object that somebody else changed is not changed under the reader's hands: a line tells of it.
import { startTimes } from "./times.js";

const PAUSE = 1000;
const STALE = new Set(["resync", "again"]);
const waiting = new Map();

// --- parts ------------------------------------------------------------------------------------------

// What finds an element again in a part that came anew: its id, or of a link where it leads.
function sameAs(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  const href = element.getAttribute("href");
  return href ? `a[href="${CSS.escape(href)}"]` : "";
}

function keep(part) {
  const open = [...part.querySelectorAll("details[open][id]")].map((one) => one.id);
  const focused = part.contains(document.activeElement) ? sameAs(document.activeElement) : "";
  return (fresh) => {
    for (const id of open) fresh.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
    if (focused) fresh.querySelector(focused)?.focus({ preventScroll: true });
  };
}

async function refresh(id) {
  let answer;
  try {
    answer = await fetch(window.location.href, { credentials: "same-origin", headers: { Accept: "text/html" } });
  } catch {
    return;
  }
  const part = document.getElementById(id);
  if (!answer.ok || answer.redirected || !part) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.getElementById(id);
  if (!found) return;
  const restore = keep(part);
  const fresh = document.adoptNode(found);
  part.replaceWith(fresh);
  restore(fresh);
  window.htmx?.process(fresh);
  startTimes(fresh);
}

// At once, then at most once a second however much happens; a hidden page waits until it is seen.
function refreshSoon(id) {
  const last = waiting.get(id) ?? { at: 0, timer: null };
  waiting.set(id, last);
  if (last.timer || document.hidden) {
    last.isStale = true;
    return;
  }
  last.timer = setTimeout(async () => {
    last.isStale = false;
    last.at = Date.now();
    await refresh(id);
    last.timer = null;
    if (last.isStale) refreshSoon(id);
  }, Math.max(100, last.at + PAUSE - Date.now()));
}

function refreshParts(kind) {
  for (const part of document.querySelectorAll("[data-live-refresh]")) {
    const kinds = part.dataset.liveRefresh.split(" ");
    if (STALE.has(kind) || kinds.includes(kind)) refreshSoon(part.id);
  }
}

// --- objects ----------------------------------------------------------------------------------------

function who(event) {
  if (!event.by) return "This was changed meanwhile.";
  return event.via === "execution" ? `A workflow changed this, acting as ${event.by}.` : `${event.by} changed this.`;
}

function isNews(part, event) {
  const shown = Number(part.dataset.liveVersion);
  const change = Number(part.dataset.liveChange || 0);
  return event.version > shown || (change > 0 && (event.changeId ?? 0) > change);
}

function tellChange(event) {
  const part = document.querySelector(`[data-live-object="${event.id ?? event.objectId}"]`);
  const note = part?.querySelector("[data-live-note]");
  if (!note || (event.type === "object" && !isNews(part, event))) return;
  note.querySelector("[data-live-text]").textContent =
    event.type === "gone" ? "This was deleted, or is not shared with you any more." : who(event);
  note.querySelector("[data-live-show]").hidden = event.type === "gone";
  note.hidden = false;
}

export function startLive() {
  document.addEventListener("sluice:event", ({ detail }) => {
    if (detail.type === "object" || detail.type === "gone") tellChange(detail);
    refreshParts(detail.type);
  });
  document.addEventListener("sluice:again", () => refreshParts("again"));
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    for (const [id, last] of waiting) if (last.isStale && !last.timer) refreshSoon(id);
  });
}
