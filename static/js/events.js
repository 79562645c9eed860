// What happens to the signed-in user while a page is open: the badges' number, and a toast for each
// notification. The server tells the number again when the socket opens, so nothing is missed for good.
import { toast } from "./toasts.js";

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 60000;
// The server closes with this code where nobody is signed in (any more): trying again is in vain.
const NOT_SIGNED_IN = 4401;
let wait = FIRST_WAIT;

function showUnread(count) {
  for (const badge of document.querySelectorAll("[data-inbox-count]")) {
    badge.hidden = count === 0;
    badge.querySelector("[data-inbox-number]").textContent = count > 99 ? "99+" : String(count);
  }
}

function take(message) {
  let event;
  try {
    event = JSON.parse(message.data);
  } catch {
    return;
  }
  if (typeof event.unread === "number") showUnread(event.unread);
  if (event.type === "notification") toast(event.subject, "info");
  document.dispatchEvent(new CustomEvent("sluice:event", { detail: event }));
}

function connect() {
  const scheme = window.location.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(`${scheme}//${window.location.host}/ws/events`);
  socket.addEventListener("open", () => {
    wait = FIRST_WAIT;
  });
  socket.addEventListener("message", take);
  socket.addEventListener("close", (event) => {
    if (event.code === NOT_SIGNED_IN) return;
    // Half of the wait is chance, so that after a restart not all pages come at once.
    setTimeout(connect, wait * (0.5 + Math.random() / 2));
    wait = Math.min(wait * 2, LONGEST_WAIT);
  });
}

export function startEvents() {
  if (document.querySelector("[data-inbox-count]")) connect();
}
