import { randomUUID } from 'node:crypto';
import type { Config } from '../config.ts';
import { panelUrl } from '../http/panel-url.ts';
import { translator } from '../i18n/index.ts';
import type { Channel } from './channel.ts';
import { type DeliverServices, deliver } from './deliver.ts';
import type { DeliveryContent } from './message.ts';
import { enqueue } from './outbox.ts';

/** How long the job leaves a test alone, which is sent by whoever asked for it: longer than an attempt. */
const LEFT_ALONE = { seconds: 60 };

/**
 * Sends a channel a message that says it works, now and only once.
 * @returns the delivery's id: its row says how it went.
 */
export async function sendTest(
  services: DeliverServices & { config: Config },
  channel: Channel,
): Promise<string> {
  const { store, now, config } = services;
  const source = { kind: 'test', id: randomUUID() } as const;
  const occasion = `${source.id} test`;
  const content = testContent(channel, config);
  const at = now();
  const notBefore = at.add(LEFT_ALONE);
  const id = await store.db.transaction().execute(async (trx) => {
    await enqueue(trx, at, [{ channel, source, occasion, content, notBefore }]);
    const row = await trx
      .selectFrom('deliveries')
      .select('id')
      .where('channel_id', '=', channel.id)
      .where('occasion', '=', occasion)
      .executeTakeFirstOrThrow();
    return row.id;
  });
  await deliver(services, { id, channel_id: channel.id, attempts: 0 }, { isOnly: true });
  return id;
}

function testContent({ id, name, kind, locale }: Channel, config: Config): DeliveryContent {
  const t = translator(locale);
  const address = panelUrl(config);
  return {
    message: {
      locale,
      tone: 'test',
      title: t('channels.test_title'),
      text: [t('channels.test_text', { name })],
      facts: [
        { label: t('field.label.channel'), value: `${name} (${t(`channels.kind.${kind}`)})` },
      ],
      tables: [],
      image: null,
      links: address
        ? [
            {
              label: t('channels.test_link'),
              href: `${address}/admin/alerts/channels`,
            },
          ]
        : [],
      footer: t('channels.test_footer'),
    },
    event: { type: 'test', data: { channel: { id, name } } },
  };
}
