import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Transaction } from 'kysely';
import { type Actor, recordAudit } from '../audit/audit.ts';
import { RequestError } from '../http/failure.ts';
import type { Locale } from '../i18n/index.ts';
import { holdSecret } from '../secrets/check.ts';
import type { Services } from '../services.ts';
import type { Tables } from '../store/tables.ts';
import { toText } from '../store/values.ts';
import type { Channel } from './channel.ts';
import { toChannel } from './channel-rows.ts';
import { cancelPendingTo } from './outbox.ts';
import type { Target, WebhookSecret } from './target.ts';
import { targetHint } from './target-hint.ts';
import { openTarget, sealTarget } from './target-seal.ts';

/** How long a secret that was replaced still signs: receivers change over meanwhile. */
const OLD_SECRET_KEPT = { hours: 24 };
/** Standard Webhooks asks for 24 to 64. */
const SECRET_BYTES = 32;

/** What people write about a channel beside where it leads. */
export interface ChannelFields {
  name: string;
  locale: Locale;
}

/** A channel as somebody saw it: a change of it that came in between is a conflict. */
export interface SeenChannel {
  id: string;
  version: number;
}

export type ChannelServices = Pick<Services, 'store' | 'seal' | 'now'>;

/** A secret of the Standard Webhooks form. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
}

/** Keeps a channel, enabled. @returns `null` when `id` was used before. */
export function createChannel(
  services: ChannelServices,
  actor: Actor,
  { id, name, locale, target }: ChannelFields & { id: string; target: Target },
): Promise<Channel | null> {
  return change(services, async (trx) => {
    const at = toText(services.now());
    const channel: Channel = {
      ...{ id, name, kind: target.kind, hint: targetHint(target), locale },
      ...{ isEnabled: true, version: 1 },
    };
    const made = await trx
      .insertInto('delivery_channels')
      .values({
        ...{ id, name, kind: channel.kind, hint: channel.hint, locale },
        sealed_target: sealTarget(services.seal, id, target),
        ...{ is_enabled: 1, version: 1, created_at: at, updated_at: at },
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!made) return null;
    await recordAudit(trx, services.now(), {
      actor,
      action: 'channel.created',
      target: name,
      detail: { channel_kind: channel.kind, leads_to: channel.hint },
    });
    return channel;
  });
}

/**
 * @param retarget from where it leads to where it is to lead, of the same kind.
 * @throws RequestError `not_found`, or `conflict` when it is not the version that was seen.
 */
export function changeChannel(
  services: ChannelServices,
  actor: Actor,
  seen: SeenChannel,
  fields: ChannelFields,
  retarget: (present: Target) => Target,
): Promise<void> {
  return change(services, async (trx) => {
    const { channel: before, row } = await seenChannel(trx, seen);
    const present = openTarget(services.seal, row);
    const target = retarget(present);
    const isSame = isDeepStrictEqual(target, present);
    const names = ['name', 'locale'] as const;
    const changed = [
      ...names.filter((name) => before[name] !== fields[name]),
      ...(isSame ? [] : ['target']),
    ];
    await trx
      .updateTable('delivery_channels')
      .set({
        name: fields.name,
        locale: fields.locale,
        sealed_target: sealTarget(services.seal, seen.id, target),
        hint: targetHint(target),
        ...nextVersion(before, services),
      })
      .where('id', '=', seen.id)
      .execute();
    await recordAudit(trx, services.now(), {
      actor,
      action: 'channel.changed',
      target: fields.name,
      detail: { changed, ...(changed.includes('name') && { was: before.name }) },
    });
  });
}

/** One that is switched off is told nothing, nor later what is pending now. @throws RequestError `not_found` */
export function enableChannel(
  services: ChannelServices,
  actor: Actor,
  id: string,
  isEnabled: boolean,
): Promise<void> {
  return change(services, async (trx) => {
    const { channel } = await existingChannel(trx, id);
    if (channel.isEnabled === isEnabled) return;
    await trx
      .updateTable('delivery_channels')
      .set({ is_enabled: isEnabled ? 1 : 0, ...nextVersion(channel, services) })
      .where('id', '=', id)
      .execute();
    const cancelled = isEnabled ? 0 : await cancelPendingTo(trx, services.now(), id);
    await recordAudit(trx, services.now(), {
      actor,
      action: isEnabled ? 'channel.enabled' : 'channel.disabled',
      target: channel.name,
      ...(cancelled > 0 && { detail: { cancelled } }),
    });
  });
}

/**
 * Gives a webhook another secret. The one it had signs along for a day, so that its receiver can
 * change over.
 * @returns the new one, this once.
 * @throws RequestError `not_found`, or `conflict` when it is not the version that was seen.
 */
export function renewWebhookSecret(
  services: ChannelServices,
  actor: Actor,
  seen: SeenChannel,
): Promise<{ name: string; secret: string }> {
  return change(services, async (trx) => {
    const { channel, row } = await seenChannel(trx, seen);
    const target = openTarget(services.seal, row);
    if (target.kind !== 'webhook') throw new RequestError('not_found');
    const secret = newWebhookSecret();
    const renewed: Target = {
      ...target,
      secrets: [{ secret, until: null }, ...stillValid(target.secrets, services.now())],
    };
    await trx
      .updateTable('delivery_channels')
      .set({
        sealed_target: sealTarget(services.seal, seen.id, renewed),
        ...nextVersion(channel, services),
      })
      .where('id', '=', seen.id)
      .execute();
    await recordAudit(trx, services.now(), {
      actor,
      action: 'channel.secret_renewed',
      target: channel.name,
    });
    return { name: channel.name, secret };
  });
}

/**
 * Forgets a channel and where it leads; what is pending for it is not sent any more.
 * @throws RequestError `not_found`, or `conflict` when it is not the version that was seen.
 */
export function deleteChannel(
  services: ChannelServices,
  actor: Actor,
  seen: SeenChannel,
): Promise<void> {
  return change(services, async (trx) => {
    const { channel } = await seenChannel(trx, seen);
    const cancelled = await cancelPendingTo(trx, services.now(), seen.id);
    await trx.deleteFrom('delivery_channels').where('id', '=', seen.id).execute();
    await recordAudit(trx, services.now(), {
      actor,
      action: 'channel.deleted',
      target: channel.name,
      detail: {
        ...{ channel_kind: channel.kind, leads_to: channel.hint },
        ...(cancelled > 0 && { cancelled }),
      },
    });
  });
}

/** What a secret that is replaced now still signs until. */
function stillValid(secrets: readonly WebhookSecret[], now: Temporal.Instant): WebhookSecret[] {
  const at = toText(now);
  return secrets
    .map(({ secret, until }) => ({ secret, until: until ?? toText(now.add(OLD_SECRET_KEPT)) }))
    .filter(({ until }) => until > at);
}

/** One change of what is kept under the secret at a time, and none under one that is not right any more. */
function change<T>(
  { store, seal }: ChannelServices,
  work: (trx: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  return store.db.transaction().execute(async (trx) => {
    await holdSecret(trx, seal);
    return work(trx);
  });
}

type Found = { channel: Channel; row: { id: string; sealed_target: string } };

async function existingChannel(trx: Transaction<Tables>, id: string): Promise<Found> {
  const row = await trx
    .selectFrom('delivery_channels')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  const [channel] = row ? toChannel(row) : [];
  if (!row || !channel) throw new RequestError('not_found', { subject: 'channel' });
  return { channel, row };
}

async function seenChannel(trx: Transaction<Tables>, seen: SeenChannel): Promise<Found> {
  const found = await existingChannel(trx, seen.id);
  if (found.channel.version !== seen.version) throw new RequestError('conflict');
  return found;
}

function nextVersion({ version }: Channel, { now }: ChannelServices) {
  return { version: version + 1, updated_at: toText(now()) };
}
