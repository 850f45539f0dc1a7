// A button beside a field copies it; without scripts the field is there to be selected.
for (const button of document.querySelectorAll('button[data-copy]')) {
  const field = document.getElementById(button.dataset.copy);
  const status = button.parentElement.querySelector('[role="status"]');
  const label = button.textContent;

  field.addEventListener('focus', () => field.select());
  button.addEventListener('click', async () => {
    if (!(await copy())) return;
    button.textContent = button.dataset.copied;
    status.textContent = button.dataset.copied;
    setTimeout(() => {
      button.textContent = label;
      status.textContent = '';
    }, 3_000);
  });

  async function copy() {
    field.focus();
    field.select();
    // Browsers give a page without https no clipboard but this older way.
    if (!navigator.clipboard) return document.execCommand('copy');
    return navigator.clipboard.writeText(field.value).then(
      () => true,
      () => document.execCommand('copy'),
    );
  }
}
