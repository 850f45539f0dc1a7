// Figures nobody is looking at are not asked for again: fal limits how often it may be asked.
document.addEventListener('htmx:before:request', (event) => {
  const isShown = event.target.querySelector('[data-answered]');
  if (document.hidden && isShown) event.preventDefault();
});
