// The socket on which the server tells what happens while a page is open: the badge's number, a
// toast for each notification, and changes of what the page shows. The server tells the present
// state of all of it whenever the socket opens, so nothing is missed for good.
import { toast } from "./toasts.js";

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 60000;
// A page says that it is offline only after a moment: a reload of the server is no news.
const PATIENCE = 2500;
// The server is heard every twenty seconds; one that is silent for this long is gone.
const SILENCE = 50000;
// It closes with these where trying again is in vain: nobody is signed in, the address is wrong.
const NOT_SIGNED_IN = 4401;
const MALFORMED = 4400;
const TOO_MUCH = 4429;

let socket = null;
let wait = FIRST_WAIT;
let retry = null;
let hint = null;
let silence = null;
let opened = 0;

function announce(name, detail) {
  document.dispatchEvent(new CustomEvent(name, { detail }));
}

function showUnread(count) {
  for (const badge of document.querySelectorAll("[data-inbox-count]")) {
    badge.hidden = count === 0;
    badge.querySelector("[data-inbox-number]").textContent = count > 99 ? "99+" : String(count);
  }
}

// Shows one of the texts that wait in the top bar: "offline" or "signed-out"; none where it is null.
function showLine(which) {
  for (const note of document.querySelectorAll("[data-line]")) note.hidden = note.dataset.line !== which;
}

function take(message) {
  clearTimeout(silence);
  silence = setTimeout(() => socket?.close(), SILENCE);
  let event;
  try {
    event = JSON.parse(message.data);
  } catch {
    return;
  }
  if (typeof event.unread === "number") showUnread(event.unread);
  if (event.type === "notification") toast(event.subject, "info", { url: "/inbox/", label: "Open the inbox" });
  announce("sluice:event", event);
}

// What this page shows, in the words of the socket's address.
function watched() {
  const ids = (name) => [...document.querySelectorAll(`[data-${name}]`)].map((one) => one.getAttribute(`data-${name}`));
  const query = new URLSearchParams({ executions: ids("live-executions")[0] ?? "none" });
  const objects = ids("live-object");
  if (objects.length) query.set("objects", objects.join(","));
  return query;
}

function later() {
  clearTimeout(retry);
  // Half of the wait is chance, so that after a restart not all pages come at once.
  retry = setTimeout(connect, wait * (0.5 + Math.random() / 2));
  wait = Math.min(wait * 2, LONGEST_WAIT);
}

function isOpen() {
  opened += 1;
  wait = FIRST_WAIT;
  clearTimeout(hint);
  hint = null;
  showLine(null);
  if (opened > 1) announce("sluice:again");
}

function isClosed(event) {
  socket = null;
  clearTimeout(silence);
  if (event.code === NOT_SIGNED_IN) {
    clearTimeout(hint);
    showLine("signed-out");
    return;
  }
  if (event.code === MALFORMED) return;
  if (event.code === TOO_MUCH) wait = Math.max(wait, 10 * FIRST_WAIT);
  hint ??= setTimeout(() => showLine("offline"), PATIENCE);
  later();
}

function connect() {
  clearTimeout(retry);
  if (socket) return;
  const scheme = window.location.protocol === "https:" ? "wss:" : "ws:";
  const mine = new WebSocket(`${scheme}//${window.location.host}/ws/events?${watched()}`);
  socket = mine;
  mine.addEventListener("open", isOpen);
  mine.addEventListener("message", take);
  mine.addEventListener("close", (event) => {
    if (socket === mine) isClosed(event);
  });
}

export function startEvents() {
  if (!document.querySelector("[data-inbox-count]")) return;
  connect();
  window.addEventListener("online", () => {
    if (socket?.readyState === WebSocket.OPEN) showLine(null);
    connect();
  });
  window.addEventListener("offline", () => showLine("offline"));
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-line-retry]")) connect();
  });
  // A page that "back" brings out of the browser's memory has lost its socket.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) connect();
  });
}
