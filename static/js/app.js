// What every page starts. Parts that htmx swaps in are started again by themselves.
import { startComments } from "./comments.js";
import { startCopies } from "./copies.js";
import { startDiagrams } from "./diagrams.js";
import { startDialogs } from "./dialogs.js";
import { startEvents } from "./events.js";
import { startLists } from "./lists.js";
import { startLive } from "./live.js";
import { startPickers } from "./pickers.js";
import { startHtmx } from "./requests.js";
import { startThemeSwitch } from "./theme-switch.js";
import { startTimes } from "./times.js";
import { startToasts } from "./toasts.js";

function startFills() {
  document.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-fill]");
    if (!chip) return;
    document.getElementById(chip.dataset.fill).value = chip.dataset.fillValue;
    document.getElementById(chip.dataset.fillNext)?.focus();
  });
}

startHtmx();
startThemeSwitch();
startToasts();
startDialogs();
startFills();
startCopies();
startPickers();
startComments();
startDiagrams();
startTimes();
startLists();
startLive();
startEvents();
document.addEventListener("htmx:afterSettle", (event) => {
  startDiagrams(event.target);
  startTimes(event.target);
});
