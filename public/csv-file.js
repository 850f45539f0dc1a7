// A file that is chosen is read into the field it names, to be looked over before it is sent.
for (const input of document.querySelectorAll('input[data-reads-into]')) {
  const field = document.getElementById(input.dataset.readsInto);

  input.addEventListener('change', async () => {
    const [file] = input.files;
    if (!file) return;
    field.value = textOf(await file.arrayBuffer());
    field.focus();
    field.setSelectionRange(0, 0);
  });
}

/** Spreadsheets write UTF-8, or what Windows had before it. */
function textOf(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
