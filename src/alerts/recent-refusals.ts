import type { Round } from './kind.ts';
import { type Refusal, refusalsIn } from './refusals.ts';

/** As far back as one kind of trouble is looked for that another came of. */
const RECENT_DAYS = 30;

/** Of all accounts, the oldest first, by account. */
export function recentRefusals(round: Round): Promise<Map<string, Refusal[]>> {
  const { services, now } = round;
  return round.once('recent_refusals', async () => {
    const start = now.subtract({ hours: RECENT_DAYS * 24 });
    const refusals = await refusalsIn(services.store.db, null, {
      start,
      end: now.add({ hours: 1 }),
    });
    return Map.groupBy(refusals, ({ accountId }) => accountId);
  });
}
