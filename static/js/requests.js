// Requests to our own server: the CSRF token of the page goes with each of them.

export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

// Sends JSON to the API; answers {ok, status, body}, where body of a refusal is a problem document.
export async function send(method, url, payload) {
  const headers = { Accept: "application/json", "X-CSRFToken": csrfToken() };
  if (payload !== undefined) headers["Content-Type"] = "application/json";
  const body = payload === undefined ? undefined : JSON.stringify(payload);
  const answer = await fetch(url, { method, headers, body, credentials: "same-origin" });
  const text = await answer.text();
  const isJson = (answer.headers.get("Content-Type") ?? "").includes("json");
  return { ok: answer.ok, status: answer.status, body: isJson && text ? JSON.parse(text) : null };
}

export function startHtmx() {
  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = csrfToken();
  });
  // The button that was pressed is gone with what it stood in: whoever uses the keyboard goes on
  // at the new content, not at the top of the page.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id === "content" && document.activeElement === document.body) {
      event.target.focus({ preventScroll: true });
    }
  });
}
