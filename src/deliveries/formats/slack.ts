import type { Message, MessageTable } from '../message.ts';
import type { Outgoing } from '../outgoing.ts';
import { headline } from './headline.ts';
import { plainMessage } from './plain-message.ts';
import { linesWithin, shortened } from './shortened.ts';
import { tableLines } from './table-lines.ts';

// docs.slack.dev/reference/block-kit/blocks: a header has 150 characters, a block_id 255, a message
// 50 blocks; of rich text no limit is told, so a section's 3,000 characters are kept to.
const TITLE = 150;
const BLOCK = 3_000;
const NOTICE = 300;

interface Text {
  type: 'text';
  text: string;
  style?: { bold: true };
}
type Inline = Text | { type: 'link'; url: string; text: string };

/**
 * A message for an incoming webhook. All of its text is in elements that Slack reads no markup in;
 * what notifications show is escaped (docs.slack.dev/messaging/formatting-message-text).
 */
export function slackMessage({ id, content }: Outgoing): object {
  const message = plainMessage(content.message);
  return {
    text: shortened(headline(message), NOTICE, { write: escaped }),
    mrkdwn: false,
    link_names: false,
    parse: 'none',
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      {
        type: 'header',
        // Tells a repeat from another message.
        block_id: id,
        text: { type: 'plain_text', text: shortened(headline(message), TITLE), emoji: false },
      },
      ...richText(sectionsOf(message)),
      ...footerOf(message),
    ],
  };
}

function sectionsOf(message: Message): object[] {
  // A sentence may be longer than a header: its end says which model it was.
  const isCut = headline(message).length > TITLE;
  const paragraphs = isCut ? [message.title, ...message.text] : message.text;
  const text = shortened(paragraphs.join('\n\n'), BLOCK);
  const facts = factsOf(message);
  const links = message.links.slice(0, 5).flatMap(linkOf);
  return [
    ...(text ? [section([{ type: 'text', text }])] : []),
    ...(facts.length > 0 ? [section(facts)] : []),
    ...message.tables.slice(0, 3).flatMap(tableOf),
    ...(links.length > 0 ? [section(links)] : []),
  ];
}

function factsOf(message: Message): Inline[] {
  return message.facts.slice(0, 15).flatMap(({ label, value }): Inline[] => [
    { type: 'text', text: `${shortened(label, 60)}: `, style: { bold: true } },
    { type: 'text', text: `${shortened(value, 130)}\n` },
  ]);
}

function tableOf(table: MessageTable): object[] {
  const text = linesWithin(tableLines(table, 15), BLOCK - 100).join('\n');
  const caption: Inline[] = table.caption
    ? [{ type: 'text', text: shortened(table.caption, 100), style: { bold: true } }]
    : [];
  return [
    ...(caption.length > 0 ? [section(caption)] : []),
    { type: 'rich_text_preformatted', elements: [{ type: 'text', text }] },
  ];
}

function linkOf({ label, href }: Message['links'][number]): Inline[] {
  if (href.length > BLOCK) return [];
  return [
    { type: 'link', url: href, text: shortened(label, 80) },
    { type: 'text', text: '\n' },
  ];
}

function section(elements: readonly Inline[]): object {
  return { type: 'rich_text_section', elements };
}

/** A block each: in one they would have no space between them. */
function richText(sections: readonly object[]): object[] {
  return sections.map((element) => ({ type: 'rich_text', elements: [element] }));
}

function footerOf({ footer }: Message): object[] {
  if (!footer) return [];
  const text = { type: 'plain_text', text: shortened(footer, NOTICE), emoji: false };
  return [{ type: 'context', elements: [text] }];
}

function escaped(character: string): string {
  return { '&': '&amp;', '<': '&lt;', '>': '&gt;' }[character] ?? character;
}
