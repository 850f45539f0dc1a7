import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { discordMessage } from '../../src/deliveries/formats/discord.ts';
import { mailOf } from '../../src/deliveries/formats/email.ts';
import { ntfyMessage, ntfyTopic } from '../../src/deliveries/formats/ntfy.ts';
import { slackMessage } from '../../src/deliveries/formats/slack.ts';
import { teamsMessage } from '../../src/deliveries/formats/teams.ts';
import { telegramMessage } from '../../src/deliveries/formats/telegram.ts';
import type { Message } from '../../src/deliveries/message.ts';
import type { Outgoing } from '../../src/deliveries/outgoing.ts';
import { byTag, readHtml, seenText } from '../support/html.ts';
import { DOT, sampleDeliveries } from '../support/sample-deliveries.ts';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const FORMATS = {
  slack: (delivery: Outgoing) => slackMessage(delivery),
  discord: (delivery: Outgoing) => discordMessage(delivery),
  teams: (delivery: Outgoing) => teamsMessage(delivery),
  telegram: (delivery: Outgoing) => telegramMessage(delivery, '-100123'),
  ntfy: (delivery: Outgoing) => ntfyMessage(delivery, 'topic'),
};
const formats = Object.entries(FORMATS);

/** As a receiver reads it. */
function received(body: object): Json {
  return JSON.parse(JSON.stringify(body));
}

/** Every object in it, itself included. */
function objects(json: Json): { [name: string]: Json }[] {
  if (Array.isArray(json)) return json.flatMap(objects);
  if (json === null || typeof json !== 'object') return [];
  return [json, ...Object.values(json).flatMap(objects)];
}

function withMessage(message: Partial<Message>): Outgoing {
  const { opened } = sampleDeliveries();
  const content = { ...opened.content, message: { ...opened.content.message, ...message } };
  return { ...opened, content };
}

const HOSTILE =
  '<!channel> <@U123> @everyone @here *b* _i_ `c` ~s~ [x](https://e.example) <b>&amp;</b>';

describe('what tries to be markup', () => {
  const delivery = withMessage({
    title: HOSTILE,
    text: [HOSTILE],
    facts: [{ label: HOSTILE, value: HOSTILE }],
    footer: HOSTILE,
  });

  test('stands in Slack where no markup is read, and is escaped in the notice', () => {
    const json = received(slackMessage(delivery)) as { text: string; mrkdwn: boolean };
    expect(json.text).toContain('&lt;!channel&gt; &lt;@U123&gt;');
    expect(json.text).not.toMatch(/[<>]/);
    expect(json).toMatchObject({ mrkdwn: false, link_names: false, parse: 'none' });
    const types = objects(json).map(({ type }) => type);
    expect(types).not.toContain('mrkdwn');
    expect(types).not.toContain('broadcast');
    expect(objects(json).filter(({ text }) => text === HOSTILE).length).toBeGreaterThan(0);
  });

  test('is escaped in Discord, which mentions nobody anyway', () => {
    const json = received(discordMessage(delivery)) as {
      allowed_mentions: object;
      embeds: { description: string; fields: { name: string }[] }[];
    };
    expect(json.allowed_mentions).toEqual({ parse: [] });
    const [embed] = json.embeds;
    for (const text of [embed?.description, embed?.fields[0]?.name]) {
      expect(text).toContain('\\<!channel\\> \\<\\@U123\\> \\@everyone');
    }
    expect(embed?.description).toContain(
      '\\*b\\* \\_i\\_ \\`c\\` \\~s\\~ \\[x\\]\\(https\\://e.example\\)',
    );
  });

  test('does not end a block of code in Discord', () => {
    const tables = [
      { caption: '', columns: [{ label: '```', isNumber: false }], rows: [['``` @everyone']] },
    ];
    const json = JSON.stringify(discordMessage(withMessage({ tables })));
    expect(json.match(/```/g)).toHaveLength(2);
  });

  test('stands in Teams where no markup is read', () => {
    const json = received(teamsMessage(delivery));
    expect(objects(json).filter(({ type }) => type === 'TextBlock')).toEqual([]);
    expect(objects(json).filter(({ text }) => text === HOSTILE).length).toBeGreaterThan(0);
  });

  test('is escaped in Telegram, and neither mentions nor commands', () => {
    const { text } = telegramMessage(
      withMessage({ text: [`${HOSTILE} /start #tag $USD $5 user@example.com a/b`] }),
      '1',
    ) as { text: string };
    expect(text).toContain('&lt;b&gt;&amp;amp;&lt;/\u2060b&gt;');
    expect(text).toContain('@\u2060everyone');
    expect(text).toContain('/\u2060start #\u2060tag $\u2060USD $5 user@example.com a/b');
    expect(text.match(/<\/?(\w+)/g)?.every((tag) => /^<\/?(?:b|a|i|pre)$/.test(tag))).toBe(true);
  });

  test('is text in ntfy', () => {
    expect(ntfyMessage(delivery, 'topic')).not.toHaveProperty('markdown');
  });

  test('is escaped in the HTML of a mail', () => {
    const { html } = mailOf(delivery, 'example.com');
    const page = readHtml(html);
    expect(byTag(page, 'h1').map(seenText)).toEqual([HOSTILE]);
    expect(byTag(page, 'b')).toEqual([]);
  });
});

test('what turns the direction of writing, and so makes one name look like another, is left out', () => {
  const marks = Array.from({ length: 0x3000 }, (_, code) => String.fromCharCode(code));
  const turned = marks.filter((mark) => /\p{Bidi_Control}/u.test(mark)).join('a');
  expect(turned).toContain('\u061c');
  const delivery = withMessage({ title: turned, text: [turned], footer: turned });
  const written = [
    ...formats.map(([, format]) => JSON.stringify(format(delivery))),
    ...Object.values(mailOf(delivery, 'example.com')),
  ];
  expect(written.filter((text) => /\p{Bidi_Control}/u.test(String(text)))).toEqual([]);
});

test('a message says how serious it is by a word, not by colour alone', () => {
  const { opened } = sampleDeliveries();
  for (const format of [slackMessage, teamsMessage, FORMATS.telegram]) {
    expect(JSON.stringify(format(opened))).toContain('🔴 Crítico: Saldo para menos de 1 día');
  }
  expect(JSON.stringify(discordMessage(opened))).toContain('🔴 Crítico');
  expect(ntfyMessage(opened, 'topic')).toMatchObject({ priority: 5, tags: ['rotating_light'] });
});

test.each(formats.filter(([name]) => name !== 'telegram' && name !== 'discord'))(
  '%s has the id of the delivery, so that a repeat is recognised',
  (_, format) => {
    const { opened } = sampleDeliveries();
    expect(JSON.stringify(format(opened))).toContain(opened.id);
  },
);

test.each(formats.filter(([name]) => name === 'telegram' || name === 'discord'))(
  '%s has no place for an id, so that people see its beginning',
  (_, format) => {
    expect(JSON.stringify(format(sampleDeliveries().opened))).toContain(' · 0b7f4c1e');
  },
);

test.each(formats)(
  '%s links to the panel, and to nothing that is no web address',
  (name, format) => {
    const { opened } = sampleDeliveries();
    const links = [
      { label: 'no', href: 'javascript:alert(1)' },
      { label: 'relative', href: '/admin' },
      ...opened.content.message.links,
    ];
    const json = JSON.stringify(format(withMessage({ links })));
    expect(json, name).toContain(
      'https://panel.example.com/futurelab_ai/admin/alerts/incidents/4f1c',
    );
    expect(json).not.toContain('javascript');
    expect(json).not.toContain('"/admin"');
  },
);

test('a title that is too long for Slack’s head stands below it as a whole', () => {
  const title = `Se gastaron $48.20, 3.1 veces lo normal. ${'Sobre todo fal-ai/flux/dev. '.repeat(5)}`;
  const withIt = (delivery: Outgoing, text: string) =>
    objects(received(slackMessage(delivery))).filter((each) => String(each.text).startsWith(text));
  expect(withIt(withMessage({ title }), title.trim())).toHaveLength(1);
  const { opened } = sampleDeliveries();
  expect(withIt(opened, opened.content.message.title)).toEqual([]);
});

test('a table stands in columns where letters are of one width', () => {
  const { text } = telegramMessage(sampleDeliveries().report, '1') as { text: string };
  expect(/<pre>(.*)<\/pre>/s.exec(text)?.[1]?.split('\n')).toEqual([
    'Modelo                                Llamadas   Costo   Antes',
    '────────────────────────────────────  ────────  ──────  ──────',
    'fal-ai/gemini-3-pro-image-preview/e…       301  $11.29  $10.02',
    'fal-ai/fast-sdxl                           804   $2.41   $2.20',
    'fal-ai/esrgan                               95   $0.95   $1.04',
    'fal-ai/birefnet/v2                          12   $0.20       —',
  ]);
});

test.each([
  ['https://ntfy.sh/booths', { server: 'https://ntfy.sh/', topic: 'booths' }],
  ['https://ntfy.sh/booths/', { server: 'https://ntfy.sh/', topic: 'booths' }],
  ['https://example.com/ntfy/a-b_c', { server: 'https://example.com/ntfy/', topic: 'a-b_c' }],
  ['https://ntfy.sh/', null],
  ['https://ntfy.sh/a.b', null],
  ['ntfy.sh/x', null],
])('the topic of %s is %j', (address, topic) => {
  expect(ntfyTopic(address)).toEqual(topic);
});

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc
    .tuple(fc.constantFrom('<', '"', '\\', '&', '`', '\n', '🔴', '\ud83d', 'x'), fc.nat(9_000))
    .map(([piece, times]) => piece.repeat(times)),
  fc.constant(HOSTILE),
);
const few = <T>(of: fc.Arbitrary<T>, maxLength = 30) => fc.array(of, { maxLength });
const anyMessage: fc.Arbitrary<Message> = fc.record({
  locale: fc.constantFrom('es', 'en'),
  tone: fc.constantFrom('critical', 'warning', 'info', 'resolved', 'report', 'test'),
  title: anyText,
  text: few(anyText),
  facts: few(fc.record({ label: anyText, value: anyText })),
  tables: few(
    fc.record({
      caption: anyText,
      columns: few(fc.record({ label: anyText, isNumber: fc.boolean() }), 6),
      rows: few(few(anyText, 7), 40),
    }),
    4,
  ),
  image: fc.constantFrom(null, DOT),
  links: few(
    fc.record({
      label: anyText,
      href: fc.oneof(
        anyText,
        fc.webUrl({ withQueryParameters: true }),
        fc.constant('http://x/(")'),
      ),
    }),
    8,
  ),
  footer: anyText,
});

/** Every text in it is one that can be sent. */
function expectSendable(json: Json): void {
  const text = JSON.stringify(json);
  expect(JSON.parse(text)).toEqual(json);
  expect(text.isWellFormed()).toBe(true);
  for (const { text } of objects(json)) {
    if (typeof text === 'string') expect(text.length).toBeGreaterThan(0);
  }
}

describe('whatever a message says', { timeout: 120_000 }, () => {
  const RUNS = { numRuns: 60 };

  test('Slack’s limits are kept', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const json = received(slackMessage(withMessage(message))) as { blocks: Json[] };
        expectSendable(json);
        expect(json.blocks.length).toBeLessThanOrEqual(50);
        for (const { type, text, block_id } of objects(json)) {
          if (type === 'header')
            expect((text as { text: string }).text.length).toBeLessThanOrEqual(150);
          if (typeof text === 'string') expect(text.length).toBeLessThanOrEqual(3_000);
          if (block_id) expect(String(block_id).length).toBeLessThanOrEqual(255);
        }
      }),
      RUNS,
    );
  });

  test('Discord’s limits are kept', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const json = received(discordMessage(withMessage(message)));
        expectSendable(json);
        const { embeds } = json as { embeds: { [name: string]: Json }[] };
        const {
          title,
          description = '',
          fields,
          footer,
        } = embeds[0] as {
          title: string;
          description?: string;
          fields: { name: string; value: string }[];
          footer: { text: string };
        };
        expect(title.length).toBeLessThanOrEqual(256);
        expect(description.length).toBeLessThanOrEqual(4_096);
        expect(fields.length).toBeLessThanOrEqual(25);
        const parts = [title, description, footer.text];
        for (const { name, value } of fields) {
          expect(Math.min(name.length, value.length)).toBeGreaterThan(0);
          expect(name.length).toBeLessThanOrEqual(256);
          expect(value.length).toBeLessThanOrEqual(1_024);
          parts.push(name, value);
        }
        expect(parts.join('').length).toBeLessThanOrEqual(6_000);
      }),
      RUNS,
    );
  });

  test('a card of Teams has less than 28 KB, however it is counted', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const json = received(teamsMessage(withMessage(message)));
        expectSendable(json);
        expect(JSON.stringify(json).length * 2).toBeLessThan(28 * 1024);
        expect(Buffer.byteLength(JSON.stringify(json))).toBeLessThan(28 * 1024);
      }),
      RUNS,
    );
  });

  test('Telegram’s limit is kept, and every tag is closed', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const json = received(telegramMessage(withMessage(message), '1')) as { text: string };
        expectSendable(json);
        expect(json.text.length).toBeLessThanOrEqual(4_096);
        expect(json.text).not.toMatch(/&(?!(?:amp|lt|gt|quot);)/);
        readHtml(json.text);
      }),
      RUNS,
    );
  });

  test('ntfy’s limits are kept', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const json = received(ntfyMessage(withMessage(message), 'topic')) as { message: string };
        expectSendable(json);
        expect(Buffer.byteLength(json.message)).toBeLessThanOrEqual(4_096);
        expect(Buffer.byteLength(JSON.stringify(json))).toBeLessThanOrEqual(8_192);
      }),
      RUNS,
    );
  });

  test('the HTML of a mail can be read, and says the title', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const { html, subject } = mailOf(withMessage(message), 'example.com');
        const page = readHtml(html);
        expect(byTag(page, 'h1')).toHaveLength(1);
        expect(byTag(page, 'script')).toEqual([]);
        expect(subject).not.toMatch(/\p{Cc}/u);
        expect(subject.length).toBeLessThanOrEqual(180);
      }),
      RUNS,
    );
  });
});
