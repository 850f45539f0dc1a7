// Figures of now, once a minute; not while nobody looks, nor under who is reading them by keyboard.
setInterval(async () => {
  if (document.hidden || document.hasFocus()) return;
  try {
    const answer = await fetch(location.href);
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    document.body.replaceWith(page.body);
  } catch {
    const away = document.getElementById('away');
    if (away) away.hidden = false;
  }
}, 60_000);
