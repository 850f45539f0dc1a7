// Until somebody chooses, the zone is the browser's own.
const select = document.querySelector('select[data-prefill]');
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

if (select && zone) {
  const isListed = [...select.options].some((option) => option.value === zone);
  if (!isListed) select.add(new Option(zone), 0);
  select.value = zone;
}
