// The columns of a chart, one by one: by pointer, or by arrow keys, Home and End; Enter follows one.
for (const chart of document.querySelectorAll('[data-chart]')) {
  const plot = chart.querySelector('[data-plot]');
  const reader = plot.querySelector('[data-reader]');
  const told = plot.querySelector('[data-told]');
  const drawings = [...plot.querySelectorAll('svg')];
  // The browser's own tooltips would cover ours.
  const hints = [...drawings[0].querySelectorAll('.column title')].map((hint) => hint.textContent);
  for (const hint of plot.querySelectorAll('.column title')) hint.remove();
  if (hints.length === 0) continue;
  const columns = () => {
    const shown = drawings.find((drawing) => drawing.getBoundingClientRect().width > 0);
    return shown ? [...shown.querySelectorAll('.column')] : [];
  };
  let current = hints.length - 1;

  reader.hidden = false;
  reader.setAttribute('aria-valuemin', '1');
  reader.setAttribute('aria-valuemax', String(hints.length));
  say(current);

  plot.addEventListener('pointermove', ({ target }) => {
    const index = columns().indexOf(target);
    if (index >= 0) show(index);
  });
  plot.addEventListener('pointerleave', hide);
  reader.addEventListener('focus', () => show(current));
  reader.addEventListener('blur', hide);
  reader.addEventListener('keydown', (event) => {
    const to = {
      ArrowRight: current + 1,
      ArrowUp: current + 1,
      ArrowLeft: current - 1,
      ArrowDown: current - 1,
      Home: 0,
      End: hints.length - 1,
    }[event.key];
    if (to !== undefined) show(Math.min(hints.length - 1, Math.max(0, to)));
    else if (event.key === 'Escape') hide();
    else if (event.key === 'Enter') follow();
    else return;
    event.preventDefault();
  });

  function follow() {
    const href = columns()[current]?.closest('a')?.getAttribute('href');
    if (href) location.assign(href);
  }

  function say(index) {
    current = index;
    reader.setAttribute('aria-valuenow', String(index + 1));
    reader.setAttribute('aria-valuetext', hints[index].replaceAll('\n', '; '));
  }

  function show(index) {
    say(index);
    for (const column of plot.querySelectorAll('.column.current'))
      column.classList.remove('current');
    const column = columns()[index];
    if (!column) return;
    column.classList.add('current');
    told.replaceChildren(...hints[index].split('\n').map(line));
    told.hidden = false;
    const frame = plot.getBoundingClientRect();
    const box = column.getBoundingClientRect();
    const isRight = box.left + box.width / 2 > frame.left + frame.width / 2;
    const beside = isRight
      ? box.left - frame.left - told.offsetWidth - 8
      : box.right - frame.left + 8;
    told.style.left = `${Math.max(0, Math.min(frame.width - told.offsetWidth, beside))}px`;
  }

  function hide() {
    told.hidden = true;
    for (const column of plot.querySelectorAll('.column.current'))
      column.classList.remove('current');
  }

  /** A line with the colour of the layer it is about, if it is about one. */
  function line(text) {
    const row = document.createElement('p');
    const layer = [...chart.querySelectorAll('[data-layer]')].find(({ dataset }) =>
      text.startsWith(`${dataset.layer}: `),
    );
    if (layer) row.append(layer.querySelector('.swatch').cloneNode());
    row.append(text);
    return row;
  }
}
