import { fileURLToPath } from 'node:url';
import { viewEngine } from '../../http/view-engine.ts';
import type { Message } from '../message.ts';
import type { Outgoing } from '../outgoing.ts';
import { toneWord } from './headline.ts';
import { plainMessage } from './plain-message.ts';
import { shortened } from './shortened.ts';
import { tableLines } from './table-lines.ts';

/** Mail clients show less; the standard folds longer ones, and some servers refuse those. */
const SUBJECT = 180;
/** Of each table: Gmail cuts a mail beyond 102 kB, and a row has one or two. */
const ROWS = 40;

/** A mail, apart from who sends it to whom. */
export interface Mail {
  subject: string;
  text: string;
  html: string;
  /** Shown within the HTML, by its content id. */
  image: { cid: string; png: Buffer } | null;
  /** Without angle brackets. */
  messageId: string;
  /** Without angle brackets: the same for all mails of one incident. */
  thread: string | null;
  headers: Record<string, string>;
}

/** @param domain of the sender's address: ids of mails are made of it. */
export function mailOf({ id, content }: Outgoing, domain: string): Mail {
  const message = withFewerRows(plainMessage(content.message));
  const incident = content.event.data.incident_id;
  const thread = typeof incident === 'string' && /^[\w-]+$/.test(incident) ? incident : null;
  const cid = `image.${id}@${domain}`;
  const { image } = message;
  return {
    subject: shortened(subjectOf(message), SUBJECT),
    text: plainText(message),
    html: htmlOf(message, cid),
    image: image && { cid, png: Buffer.from(image.png, 'base64') },
    messageId: `${id}@${domain}`,
    thread: thread && `incident.${thread}@${domain}`,
    headers: {
      // No "out of office" comes back (RFC 3834).
      'Auto-Submitted': 'auto-generated',
      // What Gmail puts together: mails of one incident, and no others.
      'X-Entity-Ref-ID': thread ?? id,
    },
  };
}

function subjectOf(message: Message): string {
  const isTold = message.tone === 'report' || message.tone === 'info';
  return isTold ? message.title : `[${toneWord(message)}] ${message.title}`;
}

function withFewerRows(message: Message): Message {
  const tables = message.tables.map((table) =>
    table.rows.length <= ROWS
      ? table
      : { ...table, rows: [...table.rows.slice(0, ROWS), table.columns.map(() => '…')] },
  );
  return { ...message, tables };
}

function plainText(message: Message): string {
  const { title, text, facts, tables, image, links, footer } = message;
  return [
    `${toneWord(message)}: ${title}`,
    ...text,
    facts.map(({ label, value }) => `${label}: ${value}`).join('\n'),
    image?.alt ?? '',
    ...tables.map((table) =>
      [...(table.caption ? [table.caption] : []), ...tableLines(table, ROWS + 1)].join('\n'),
    ),
    links.map(({ label, href }) => `${label}:\n${href}`).join('\n'),
    footer && `-- \n${footer}`,
  ]
    .filter(Boolean)
    .join('\n\n');
}

const VIEW = fileURLToPath(new URL('../../../views/deliveries/email.ejs', import.meta.url));
const render = viewEngine();

function htmlOf(message: Message, cid: string): string {
  let html = '';
  render(VIEW, { ...message, word: toneWord(message), cid }, (error, written = '') => {
    if (error) throw error;
    html = written;
  });
  return html;
}
