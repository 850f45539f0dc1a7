import type { Message, Tone } from '../message.ts';
import type { Outgoing } from '../outgoing.ts';
import { plainMessage } from './plain-message.ts';
import { jsonBytes, shortened } from './shortened.ts';

// docs.ntfy.sh/publish: a message has 4,096 bytes, or becomes a file; the whole document twice that.
const MESSAGE = { max: 3_600, size: jsonBytes };
const TITLE = { max: 400, size: jsonBytes };
const LINK = 500;

const PRIORITIES: Record<Tone, number> = {
  critical: 5,
  warning: 4,
  info: 3,
  resolved: 3,
  report: 2,
  test: 3,
};

/** Names of emoji, which ntfy shows before the title. */
const TAGS: Record<Tone, string> = {
  critical: 'rotating_light',
  warning: 'warning',
  info: 'information_source',
  resolved: 'white_check_mark',
  report: 'bar_chart',
  test: 'bell',
};

/** What is published to the server; no markup is read in it. */
export function ntfyMessage({ id, content }: Outgoing, topic: string): object {
  const message = plainMessage(content.message);
  const links = message.links.filter(({ href }) => jsonBytes(href) <= LINK);
  const [first] = links;
  return {
    topic,
    title: shortened(message.title, TITLE.max, TITLE),
    message: shortened(linesOf(message).join('\n'), MESSAGE.max, MESSAGE),
    priority: PRIORITIES[message.tone],
    tags: [TAGS[message.tone]],
    // A repeat takes the place of what was told before.
    sequence_id: id,
    ...(first && { click: first.href }),
    actions: links.slice(0, 3).map(({ label, href }) => ({
      action: 'view',
      label: shortened(label, 40),
      url: href,
    })),
  };
}

/** Of a table each row is a line: the font's letters have different widths. */
function linesOf({ text, facts, tables, footer }: Message): string[] {
  return [
    ...text,
    ...(facts.length > 0 ? [''] : []),
    ...facts.map(({ label, value }) => `${label}: ${value}`),
    ...tables.flatMap(({ caption, rows }) => [
      '',
      ...(caption ? [caption] : []),
      ...rows.map((row) => row.filter(Boolean).join(' · ')),
    ]),
    ...(footer ? ['', footer] : []),
  ];
}

/**
 * Where the server is and which topic is meant: the last part of its address, as its app shows it.
 * @returns `null` if there is none.
 */
export function ntfyTopic(address: string): { server: string; topic: string } | null {
  const url = URL.parse(address);
  const [, folder = '', topic = ''] = /^(.*\/)([\w-]{1,64})\/*$/.exec(url?.pathname ?? '') ?? [];
  if (!url || !topic) return null;
  url.pathname = folder;
  return { server: url.href, topic };
}
