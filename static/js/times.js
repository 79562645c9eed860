// Times as people say them ("3 hours ago"); the exact time stays in the tooltip.

const STEPS = [
  ["year", 31536000],
  ["month", 2592000],
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];
const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

function inWords(seconds) {
  const step = STEPS.find(([, length]) => Math.abs(seconds) >= length);
  return step ? words.format(Math.round(seconds / step[1]), step[0]) : "just now";
}

export function startTimes(root = document) {
  for (const time of root.querySelectorAll("time[data-relative-time]")) {
    const at = Date.parse(time.dateTime);
    if (!Number.isNaN(at)) time.textContent = inWords((at - Date.now()) / 1000);
  }
}
