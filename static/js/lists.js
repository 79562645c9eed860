// Lists by keyboard: j and k (or the arrows, inside a list) move from row to row, Enter opens, "]" and
// "[" turn the page, "/" goes to the search, "?" shows all of this. A key means nothing while typing.

function isTyping(element) {
  return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
}

function rowLinks() {
  return [...document.querySelectorAll("[data-list] > tbody > tr")]
    .map((row) => row.querySelector("th a, td a"))
    .filter(Boolean);
}

// From the row that has the focus; without one, to the first or the last.
function move(step) {
  const links = rowLinks();
  const row = document.activeElement?.closest("[data-list] > tbody > tr");
  const here = links.findIndex((link) => row?.contains(link));
  const target = here < 0 ? links.at(step > 0 ? 0 : -1) : links[here + step];
  target?.focus();
  target?.closest("tr").scrollIntoView({ block: "nearest" });
  return Boolean(target);
}

function turn(rel) {
  const link = document.querySelector(`.pages a[rel="${rel}"]`);
  link?.click();
  return Boolean(link);
}

function search() {
  const field = document.querySelector("[data-list-search]");
  field?.focus();
  field?.select();
  return Boolean(field);
}

function shortcuts() {
  const dialog = document.getElementById("shortcuts");
  if (!dialog?.open) dialog?.showModal();
  return true;
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: () => inList() && move(1),
  ArrowUp: () => inList() && move(-1),
  "]": () => turn("next"),
  "[": () => turn("prev"),
  "/": search,
  "?": shortcuts,
};

// After htmx has turned the page, whoever uses the keyboard goes on at its first row; a heading that
// was sorted by keeps the focus by its id, without any help.
function startTurning() {
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!event.detail.requestConfig?.elt?.closest(".pages, .sort-link")) return;
    if (document.activeElement && document.activeElement !== document.body) return;
    const place = event.target.querySelector(".table-frame") ?? event.target;
    if (!place.hasAttribute("tabindex")) place.tabIndex = -1;
    place.focus({ preventScroll: true });
    event.target.scrollIntoView({ block: "start" });
  });
}

function inList() {
  return Boolean(document.activeElement?.closest("[data-list]"));
}

// The fields of a filter that is not open are not sent: an address names only what was asked for.
function startFilters(root = document) {
  for (const details of root.querySelectorAll("details.more-filters")) {
    const fields = details.querySelectorAll("[data-when-open]");
    const update = () => fields.forEach((field) => (field.disabled = !details.open));
    details.addEventListener("toggle", update);
    update();
  }
}

// A panel of filters lies over the list: it closes like a menu.
function startPanels() {
  document.addEventListener("click", (event) => {
    const inside = event.target.closest?.("details.more-filters");
    for (const open of document.querySelectorAll("details.more-filters[open]")) if (open !== inside) open.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && event.target.closest?.("details.more-filters[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
}

export function startLists() {
  startFilters();
  document.addEventListener("htmx:afterSettle", (event) => startFilters(event.target));
  startTurning();
  startPanels();
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === "Escape" && event.target.matches?.("[data-list-search]")) event.target.blur();
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    if (KEYS[event.key]?.()) event.preventDefault();
  });
}
