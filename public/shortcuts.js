// `?` shows the shortcuts, `g` and a letter lead to a place. Who types by voice can turn them off.
const panel = document.querySelector('#shortcuts');
const toggle = panel.querySelector('[data-shortcuts-switch]');
const OFF = 'shortcuts-off';
let isGoing = false;

toggle.checked = localStorage.getItem(OFF) === null;
toggle.addEventListener('change', () => {
  if (toggle.checked) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, '1');
});

document.addEventListener('keydown', (event) => {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (
    !toggle.checked ||
    target.closest('input:not([type=radio], [type=checkbox]), select, textarea')
  )
    return;
  const place = isGoing && document.querySelector(`[data-shortcut="${CSS.escape(key)}"]`);
  isGoing = key === 'g' && !place;
  if (place) place.click();
  else if (key === '?') panel.togglePopover();
  else return;
  event.preventDefault();
});
