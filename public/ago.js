// "12 s ago" stays true while the page is open.
const format = new Intl.RelativeTimeFormat(document.documentElement.lang, {
  numeric: 'auto',
  style: 'narrow',
});
const UNITS = [
  [60, 1, 'second'],
  [3_600, 60, 'minute'],
  [86_400, 3_600, 'hour'],
  [Infinity, 86_400, 'day'],
];

setInterval(() => {
  for (const time of document.querySelectorAll('time[data-ago]')) {
    const seconds = Math.max(0, (Date.now() - Date.parse(time.dateTime)) / 1_000);
    const [, size, unit] = UNITS.find(([limit]) => seconds < limit);
    time.textContent = format.format(-Math.round(seconds / size), unit);
  }
}, 10_000);
