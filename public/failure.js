// Shows a problem when the panel itself can't be reached, and marks the fields a problem names.
const results = document.querySelector('#results');
const unreachable = document.querySelector('#unreachable');

document.addEventListener('htmx:error', ({ detail }) => {
  if (!detail.ctx?.request || detail.ctx.response) return;
  results.replaceChildren(unreachable.content.cloneNode(true));
});

document.addEventListener('htmx:after:swap', () => {
  for (const field of document.querySelectorAll('#ask [aria-invalid]')) {
    field.removeAttribute('aria-invalid');
  }
  for (const { dataset } of results.querySelectorAll('[data-field]')) {
    document.getElementById(dataset.field)?.setAttribute('aria-invalid', 'true');
  }
});
