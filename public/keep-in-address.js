// What a form asks stands in the address, though only its answer changes.
for (const form of document.querySelectorAll('form[data-in-address]')) {
  form.addEventListener('input', () => {
    const query = new URLSearchParams(new FormData(form));
    history.replaceState(history.state, '', `${location.pathname}?${query}`);
  });
}
