// Says in an answer's place that the panel can't be reached, also when a proxy answered instead.
const { content } = document.querySelector('#unreachable');

document.addEventListener('htmx:error', ({ detail: { ctx } }) => {
  if (ctx?.request && !ctx.response) show(ctx.target);
});

document.addEventListener('htmx:before:response', (event) => {
  const { response, target } = event.detail.ctx;
  // Every answer of the panel has one.
  if (response.headers.has('X-Request-Id')) return;
  event.preventDefault();
  show(target);
});

function show(target) {
  // Figures that are there say themselves how old they are.
  if (target.querySelector('[data-answered]')) return;
  const place = target.querySelector('[data-awaited]') ?? target;
  place.replaceChildren(content.cloneNode(true));
}
