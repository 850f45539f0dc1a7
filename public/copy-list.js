// A button that copies the items of a list, a line each, and says so for a moment.
const SHOWN_MS = 2_000;

for (const button of document.querySelectorAll('[data-copy]')) {
  // Browsers have a clipboard for pages that came by https only.
  button.hidden = !navigator.clipboard;
  button.addEventListener('click', async () => {
    const items = document.querySelectorAll(`${button.dataset.copy} > li`);
    const lines = [...items].map((item) => item.textContent.trim());
    await navigator.clipboard.writeText(lines.join('\n'));
    const label = button.textContent;
    button.textContent = button.dataset.copied;
    setTimeout(() => {
      button.textContent = label;
    }, SHOWN_MS);
  });
}
