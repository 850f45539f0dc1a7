import type { Message } from '../message.ts';

/** Instead of a text where a format does not take an empty one. */
const NOTHING = '—';

/**
 * The same message without what no receiver should get: control characters, marks that turn the
 * direction of writing, halves of characters, lines in what is one line, links that are none.
 */
export function plainMessage(message: Message): Message {
  const { image } = message;
  return {
    locale: message.locale,
    tone: message.tone,
    title: line(message.title) || NOTHING,
    text: message.text.map(paragraph).filter(Boolean),
    facts: message.facts.map(({ label, value }) => ({
      label: line(label) || NOTHING,
      value: line(value) || NOTHING,
    })),
    tables: message.tables.map(({ caption, columns, rows }) => ({
      caption: line(caption),
      columns: columns.map(({ label, isNumber }) => ({ label: line(label), isNumber })),
      rows: rows.map((row) => columns.map((_, index) => line(row[index] ?? ''))),
    })),
    image: image && { ...image, alt: line(image.alt) },
    links: message.links.flatMap(({ label, href }) => {
      const url = webAddress(href);
      return url ? [{ label: line(label) || url, href: url }] : [];
    }),
    footer: line(message.footer),
  };
}

/** `null` for what no other machine could open. */
function webAddress(href: string): string | null {
  const url = URL.parse(href);
  return url && /^https?:$/.test(url.protocol) ? url.href : null;
}

// What turns the direction of writing makes one name look like another.
const UNWANTED = /[\p{Cc}\p{Bidi_Control}\ufeff]/gu;

function line(text: string): string {
  return paragraph(text.replace(/\s+/g, ' '));
}

function paragraph(text: string): string {
  return text
    .toWellFormed()
    .split(/\r\n|[\r\n\u2028\u2029]/)
    .map((part) => part.replace(UNWANTED, '').trim())
    .join('\n')
    .trim();
}
