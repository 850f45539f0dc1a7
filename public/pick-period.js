// A button in an answer that chooses another period and asks again.
document.addEventListener('click', ({ target }) => {
  const button = target.closest('[data-pick-period]');
  if (!button) return;
  document.getElementById(`period-${button.dataset.pickPeriod}`).checked = true;
  document.querySelector('#show-usage').click();
});
