/** What somebody pastes into a page of theirs. */
export interface Snippets {
  badge: string;
  widget: string;
  json: string;
}

/** As wide and as high as the widget is with all that it can show. */
const WIDGET_SIZE = 'width="340" height="360"';

/** @param address of the panel with the token, such as `https://panel.example.com/embed/fue_...`. */
export function snippetsOf(address: string, name: string): Snippets {
  const title = `fal.ai: ${name}`.replace(/&/g, '&amp;').replace(/"/g, '&quot;');
  const isolated = 'referrerpolicy="no-referrer" loading="lazy"';
  return {
    badge: `<img src="${address}/badge.svg" alt="${title}" height="20" ${isolated}>`,
    widget: `<iframe src="${address}/widget" title="${title}" ${WIDGET_SIZE} style="border:0;max-width:100%" ${isolated}></iframe>`,
    json: `${address}/status.json`,
  };
}
