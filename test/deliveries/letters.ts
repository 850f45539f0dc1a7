import type { Kysely } from 'kysely';
import type { Channel } from '../../src/deliveries/channel.ts';
import type { DeliveryContent } from '../../src/deliveries/message.ts';
import type { NewDelivery } from '../../src/deliveries/outbox.ts';
import type { Tables } from '../../src/store/tables.ts';

/** A channel as its row says, for deliveries that are not sent. */
export function channel(id = 'c1', given: Partial<Channel> = {}): Channel {
  const usual = { hint: 'example.com', locale: 'es', isEnabled: true, version: 1 } as const;
  return { id, name: `Canal ${id}`, kind: 'webhook', ...usual, ...given };
}

export function content(title: string): DeliveryContent {
  return {
    message: {
      locale: 'es',
      tone: 'warning',
      title,
      text: [],
      facts: [],
      tables: [],
      image: null,
      links: [],
      footer: 'Panel',
    },
    event: { type: 'incident.opened', data: { title } },
  };
}

/** A delivery about the incident `i1`. */
export function letter(occasion: string, given: Partial<NewDelivery> = {}): NewDelivery {
  return {
    channel: channel(),
    source: { kind: 'incident', id: 'i1' },
    occasion,
    content: content(occasion),
    ...given,
  };
}

/** Every delivery there is, in order of its occasion. */
export function deliveries(db: Kysely<Tables>) {
  return db.selectFrom('deliveries').selectAll().orderBy('occasion').execute();
}
