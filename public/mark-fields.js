// Marks the fields that a problem in the answer names.
const results = document.querySelector('#results');

document.addEventListener('htmx:after:swap', () => {
  for (const field of document.querySelectorAll('#ask [aria-invalid]')) {
    field.removeAttribute('aria-invalid');
  }
  for (const { dataset } of results.querySelectorAll('[data-field]')) {
    document.getElementById(dataset.field)?.setAttribute('aria-invalid', 'true');
  }
});
