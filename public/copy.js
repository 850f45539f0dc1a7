// A button copies what it names: a field's value, or a list, a line each.
for (const button of document.querySelectorAll('button[data-copy]')) {
  const source = document.getElementById(button.dataset.copy);
  const status = button.parentElement.querySelector('[role="status"]');
  const label = button.textContent;

  source.addEventListener('focus', select);
  button.addEventListener('click', async () => {
    if (!(await copy())) return;
    button.textContent = button.dataset.copied;
    status.textContent = button.dataset.copied;
    setTimeout(() => {
      button.textContent = label;
      status.textContent = '';
    }, 3_000);
  });

  /** Also shows what is copied, and what to copy by hand where nothing else will do. */
  function select() {
    if (source.select) source.select();
    else getSelection().selectAllChildren(source);
  }

  async function copy() {
    source.focus();
    select();
    // Browsers give a page without https no clipboard but this older way.
    if (!navigator.clipboard) return document.execCommand('copy');
    const lines = [...source.children].map((line) => line.textContent.trim());
    return navigator.clipboard.writeText(source.value ?? lines.join('\n')).then(
      () => true,
      () => document.execCommand('copy'),
    );
  }
}
