// A text field that offers what fits while one types (a combobox with a list): arrows move, Enter
// takes, Escape closes. What is posted is the value of the line that was taken; without one, or
// without scripts, what was typed. Dialogs and their pickers may come in with a swap at any time.

const PAUSE = 180;
let asked = 0;

function listOf(field) {
  return document.getElementById(field.getAttribute("aria-controls"));
}

function posted(field) {
  return field.form.querySelector(`input[type="hidden"][data-picked="${field.id}"]`);
}

function prepare(field) {
  if (field.dataset.pickReady) return;
  field.dataset.pickReady = "yes";
  const value = document.createElement("input");
  value.type = "hidden";
  value.name = field.name;
  value.dataset.picked = field.id;
  field.removeAttribute("name");
  field.after(value);
}

function close(field) {
  const list = listOf(field);
  list.hidden = true;
  field.setAttribute("aria-expanded", "false");
  field.removeAttribute("aria-activedescendant");
}

function lines(field) {
  return [...listOf(field).querySelectorAll('[role="option"]:not([aria-disabled])')];
}

function mark(field, line) {
  for (const one of lines(field)) one.setAttribute("aria-selected", String(one === line));
  if (!line) return field.removeAttribute("aria-activedescendant");
  field.setAttribute("aria-activedescendant", line.id);
  line.scrollIntoView({ block: "nearest" });
}

function marked(field) {
  return listOf(field).hidden ? undefined : lines(field).find((one) => one.getAttribute("aria-selected") === "true");
}

function take(field, line) {
  field.value = line.dataset.name;
  posted(field).value = line.dataset.value;
  const id = field.form.querySelector("[data-picked-id]");
  if (id) id.value = line.dataset.id ?? "";
  close(field);
}

async function offer(field) {
  const mine = ++asked;
  const query = new URLSearchParams({ q: field.value });
  const type = field.form.querySelector("[data-pick-type]");
  if (type) query.set("type", type.value);
  let answer;
  try {
    answer = await fetch(`${field.dataset.pick}?${query}`, { credentials: "same-origin" });
  } catch {
    return;
  }
  if (mine !== asked || !answer.ok || answer.redirected) return;
  const found = new DOMParser().parseFromString(`<ul>${await answer.text()}</ul>`, "text/html");
  const list = listOf(field);
  list.replaceChildren(...found.querySelectorAll("li"));
  lines(field).forEach((line, place) => (line.id = `${list.id}-${place}`));
  list.hidden = false;
  field.setAttribute("aria-expanded", "true");
  mark(field, field.value ? lines(field)[0] : null);
}

function step(field, by) {
  const all = lines(field);
  if (listOf(field).hidden) return offer(field);
  const here = all.indexOf(marked(field));
  mark(field, all[(here + by + all.length) % all.length] ?? null);
}

function onKey(event, field) {
  const line = marked(field);
  if (event.key === "ArrowDown") step(field, 1);
  else if (event.key === "ArrowUp") step(field, -1);
  else if (event.key === "Enter" && line) take(field, line);
  else if (event.key === "Escape" && !listOf(field).hidden) close(field);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

export function startPickers() {
  let timer = null;
  const fieldOf = (event) => event.target.closest?.("[data-pick]");
  document.addEventListener("focusin", (event) => {
    const field = fieldOf(event);
    if (!field) return;
    prepare(field);
    offer(field);
  });
  document.addEventListener("input", (event) => {
    const field = fieldOf(event);
    if (!field) return;
    posted(field).value = field.value.trim();
    const id = field.form.querySelector("[data-picked-id]");
    if (id) id.value = "";
    clearTimeout(timer);
    timer = setTimeout(() => offer(field), PAUSE);
  });
  document.addEventListener("keydown", (event) => {
    const field = fieldOf(event);
    if (field) onKey(event, field);
  }, true);
  document.addEventListener("focusout", (event) => {
    const field = fieldOf(event);
    if (field) setTimeout(() => close(field), 150);
  });
  // Before the field would lose the focus, and the list with it.
  document.addEventListener("pointerdown", (event) => {
    const line = event.target.closest?.('.offers [role="option"]:not([aria-disabled])');
    if (!line) return;
    event.preventDefault();
    const field = document.querySelector(`[aria-controls="${line.closest(".offers").id}"]`);
    take(field, line);
  });
}
