import type { Message, MessageTable } from '../message.ts';
import type { Outgoing } from '../outgoing.ts';
import { headline } from './headline.ts';
import { plainMessage } from './plain-message.ts';
import { linesWithin, shortened } from './shortened.ts';
import { tableLines } from './table-lines.ts';

// core.telegram.org/bots/api#sendmessage: 4,096 characters after its markup is read. These sum up to
// less, markup included.
const TITLE = 400;
const TEXT = 1_000;
const FACTS = 800;
const TABLE = 650;
const LINKS = 3;
const LINK = 200;
const FOOTER = 200;

/** What `sendMessage` is asked to say in a chat. */
export function telegramMessage({ id, content }: Outgoing, chatId: string): object {
  const message = plainMessage(content.message);
  return {
    chat_id: chatId,
    text: textOf(message, id),
    parse_mode: 'HTML',
    link_preview_options: { is_disabled: true },
    disable_notification: message.tone === 'report' || message.tone === 'info',
  };
}

function textOf(message: Message, id: string): string {
  const { text, facts, tables, links, footer } = message;
  return [
    `<b>${html(headline(message), TITLE)}</b>`,
    html(text.join('\n\n'), TEXT),
    linesWithin(
      facts.map(({ label, value }) => `<b>${html(label, 60)}:</b> ${html(value, 200)}`),
      FACTS,
    ).join('\n'),
    ...tables.slice(0, 1).map(tableOf),
    links
      .slice(0, LINKS)
      .filter(({ href }) => escapedAll(href).length <= LINK)
      .map(({ label, href }) => `<a href="${escapedAll(href)}">${html(label, 60)}</a>`)
      .join('\n'),
    // The id's beginning lets people see that they were told twice.
    `<i>${[html(footer, FOOTER), id.slice(0, 8)].filter(Boolean).join(' · ')}</i>`,
  ]
    .filter(Boolean)
    .join('\n\n');
}

function tableOf(table: MessageTable): string {
  const lines = tableLines(table, 10).map(escapedAll);
  const caption = table.caption ? `<b>${html(table.caption, 80)}</b>\n` : '';
  return `${caption}<pre>${linesWithin(lines, TABLE).join('\n')}</pre>`;
}

function html(text: string, max: number): string {
  return shortened(inert(text), max, { write: escaped });
}

/** A joiner, which nobody sees, keeps a word from becoming a mention, a hashtag or a command. */
function inert(text: string): string {
  return text.replace(/(?<!\w)(?:[@#/](?=\w)|\$(?=[A-Z]))/gu, '$&\u2060');
}

function escapedAll(text: string): string {
  return [...text].map(escaped).join('');
}

function escaped(character: string): string {
  return { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }[character] ?? character;
}
