// While fal is asked: says so to screen readers, marks the buttons, and brings the answer into view.
const answer = document.querySelector('#answer');
const status = answer.querySelector('[data-asking]');
const buttons = () => document.querySelectorAll('[hx-post]');

document.addEventListener('htmx:before:request', () => {
  status.textContent = status.dataset.asking;
  answer.setAttribute('aria-busy', 'true');
  // Not `disabled`, which would take the focus away from the button that was pressed.
  for (const button of buttons()) button.setAttribute('aria-disabled', 'true');
  if (answer.getBoundingClientRect().top > window.innerHeight * 0.6) answer.scrollIntoView();
});

document.addEventListener('htmx:finally:request', () => {
  status.textContent = '';
  answer.removeAttribute('aria-busy');
  for (const button of buttons()) button.removeAttribute('aria-disabled');
});
