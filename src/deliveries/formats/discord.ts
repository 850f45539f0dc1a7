import type { Message, MessageTable, Tone } from '../message.ts';
import type { Outgoing } from '../outgoing.ts';
import { headline } from './headline.ts';
import { plainMessage } from './plain-message.ts';
import { linesWithin, shortened } from './shortened.ts';
import { tableLines } from './table-lines.ts';

// discord.com/developers/docs/resources/message#embed-object-embed-limits: title 256, description
// 4,096, 25 fields of 256 and 1,024, footer 2,048, and 6,000 characters in all. These sum up to less.
const TITLE = 256;
const TEXT = 1_200;
const TABLE = 900;
const TABLES = 1;
const LINKS = 3;
const LINK = 400;
const FIELDS = 9;
const FIELD_NAME = 60;
const FIELD_VALUE = 140;
const FOOTER = 200;

/** The panel's own green, amber and red. */
const COLORS: Record<Tone, number> = {
  critical: 0xb3261e,
  warning: 0xd98a00,
  info: 0x3a4fd0,
  resolved: 0x17714a,
  report: 0x3a4fd0,
  test: 0x5b6272,
};

/**
 * A message for a webhook that mentions nobody, whatever stands in it. Links are in its text: the
 * `url` of an embed is checked, and the whole refused for one of an inner network.
 */
export function discordMessage({ id, createdAt, content }: Outgoing): object {
  const message = plainMessage(content.message);
  const description = descriptionOf(message);
  // No markup is read in a footer. The id's beginning lets people see that they were told twice.
  const footer = [shortened(message.footer, FOOTER), id.slice(0, 8)].filter(Boolean).join(' · ');
  return {
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title: shortened(headline(message), TITLE, { write: escaped }),
        ...(description && { description }),
        color: COLORS[message.tone],
        fields: message.facts.slice(0, FIELDS).map(({ label, value }) => ({
          name: shortened(label, FIELD_NAME, { write: escaped }),
          value: shortened(value, FIELD_VALUE, { write: escaped }),
          inline: true,
        })),
        footer: { text: footer },
        timestamp: createdAt.toString({ smallestUnit: 'millisecond' }),
      },
    ],
  };
}

function descriptionOf({ text, tables, links }: Message): string {
  return [
    shortened(text.join('\n\n'), TEXT, { write: escaped }),
    ...tables.slice(0, TABLES).map(tableOf),
    links
      .slice(0, LINKS)
      .filter(({ href }) => href.length <= LINK)
      .map(
        ({ label, href }) => `[${shortened(label, 60, { write: escaped })}](${inBrackets(href)})`,
      )
      .join('\n'),
  ]
    .filter(Boolean)
    .join('\n\n');
}

function tableOf(table: MessageTable): string {
  // Nothing is escaped inside of a block of code; only backticks end it.
  const lines = linesWithin(tableLines(table, 10), TABLE).join('\n').replaceAll('`', 'ˋ');
  const caption = shortened(table.caption, 80, { write: escaped });
  return `${caption && `**${caption}**\n`}\`\`\`\n${lines}\n\`\`\``;
}

function inBrackets(href: string): string {
  return href.replaceAll('(', '%28').replaceAll(')', '%29');
}

/** A backslash before a sign takes away what it means; before a colon, what makes a link. */
function escaped(character: string): string {
  return /[\\*_~`|>#\-[\]()<:@+]/.test(character) ? `\\${character}` : character;
}
