// Lifecycle drawings wider than their place begin at the present state, and where the pointer
// rests on a state, the transitions that touch it stand out.

function showPresent(diagram) {
  const box = diagram.querySelector(".diagram__box--current .diagram__ground");
  if (!box || diagram.scrollWidth <= diagram.clientWidth) return;
  const place = box.getBoundingClientRect();
  const frame = diagram.getBoundingClientRect();
  diagram.scrollLeft += place.left + place.width / 2 - frame.left - frame.width / 2;
}

function trace(diagram, key) {
  diagram.classList.toggle("diagram--tracing", key !== null);
  for (const edge of diagram.querySelectorAll(".diagram__edge")) {
    const touches = key !== null && (edge.dataset.from === key || edge.dataset.to === key);
    edge.classList.toggle("diagram__edge--traced", touches);
  }
}

export function startDiagrams(root = document) {
  for (const diagram of root.querySelectorAll("[data-diagram]")) {
    showPresent(diagram);
    for (const box of diagram.querySelectorAll(".diagram__box")) {
      box.addEventListener("pointerenter", () => trace(diagram, box.dataset.state));
      box.addEventListener("pointerleave", () => trace(diagram, null));
    }
  }
}
