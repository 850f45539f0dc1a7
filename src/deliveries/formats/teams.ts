import type { Message, MessageTable, Tone } from '../message.ts';
import type { Outgoing } from '../outgoing.ts';
import { headline } from './headline.ts';
import { plainMessage } from './plain-message.ts';
import { shortened } from './shortened.ts';

/**
 * learn.microsoft.com/connectors/teams: about 28 KB, everything included. How it counts is not told,
 * so as UTF-16, in which Teams keeps messages.
 */
const MOST_BYTES = 26 * 1024;
/** Of the lengths below, tried one after the other. */
const SHARES = [1, 0.5, 0.25, 0.1, 0.03];

const COLORS: Record<Tone, string> = {
  critical: 'attention',
  warning: 'warning',
  info: 'accent',
  resolved: 'good',
  report: 'default',
  test: 'default',
};

interface Run {
  text: string;
  weight?: 'bolder';
  size?: 'large' | 'small';
  color?: string;
  isSubtle?: true;
}

/**
 * An Adaptive Card for the webhook of a workflow. All of its text is in `TextRun`s, in which, unlike
 * in `TextBlock`s, no markdown is read (adaptivecards.io/explorer/TextRun.html).
 */
export function teamsMessage({ id, content }: Outgoing): object {
  const message = plainMessage(content.message);
  for (const share of SHARES) {
    const written = card(message, id, share);
    if (JSON.stringify(written).length * 2 <= MOST_BYTES) return written;
  }
  return card({ ...message, text: [], facts: [], tables: [], links: [] }, id, 0);
}

function card(message: Message, id: string, share: number): object {
  const most = (characters: number) => Math.max(8, Math.round(characters * share));
  const actions = message.links
    .slice(0, 4)
    .filter(({ href }) => href.length <= 1_000)
    .map(({ label, href }) => ({ type: 'Action.OpenUrl', title: shortened(label, 60), url: href }));
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.5',
    fallbackText: shortened(headline(message), most(400)),
    msteams: { width: 'Full' },
    body: [
      {
        ...paragraph([
          {
            text: shortened(headline(message), most(400)),
            weight: 'bolder',
            size: 'large',
            color: COLORS[message.tone],
          },
        ]),
        // Tells a repeat from another message.
        id: `delivery-${id}`,
      },
      ...message.text
        .slice(0, 10)
        .map((text) => paragraph([{ text: shortened(text, most(1_200)) }])),
      ...message.facts
        .slice(0, 15)
        .map(({ label, value }) =>
          paragraph(
            [
              { text: `${shortened(label, most(80))}: `, weight: 'bolder' },
              { text: shortened(value, most(300)) },
            ],
            'none',
          ),
        ),
      ...message.tables.slice(0, 2).flatMap((table) => tableOf(table, most)),
      ...(message.footer
        ? [
            paragraph([
              { text: shortened(message.footer, most(300)), size: 'small', isSubtle: true },
            ]),
          ]
        : []),
    ],
    ...(actions.length > 0 && { actions }),
  };
  return {
    type: 'message',
    attachments: [
      { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content },
    ],
  };
}

function tableOf(table: MessageTable, most: (characters: number) => number): object[] {
  const columns = table.columns.slice(0, 6);
  const row = (cells: readonly string[], weight?: 'bolder') => ({
    type: 'TableRow',
    cells: columns.map(({ isNumber }, index) => ({
      type: 'TableCell',
      items: [
        {
          ...paragraph([
            { text: shortened(cells[index] || ' ', most(60)), ...(weight && { weight }) },
          ]),
          ...(isNumber && { horizontalAlignment: 'right' }),
        },
      ],
    })),
  });
  if (columns.length === 0) return [];
  return [
    ...(table.caption
      ? [paragraph([{ text: shortened(table.caption, most(120)), weight: 'bolder' }])]
      : []),
    {
      type: 'Table',
      columns: columns.map((_, index) => ({ width: index === 0 ? 2 : 1 })),
      rows: [
        row(
          columns.map(({ label }) => label),
          'bolder',
        ),
        ...table.rows.slice(0, most(10)).map((cells) => row(cells)),
      ],
    },
  ];
}

function paragraph(runs: readonly Run[], spacing?: 'none'): object {
  return {
    type: 'RichTextBlock',
    ...(spacing && { spacing }),
    inlines: runs.map((run) => ({ type: 'TextRun', ...run })),
  };
}
