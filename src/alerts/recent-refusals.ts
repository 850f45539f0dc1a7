import type { Round } from './kind.ts';
import { latestRefusals, type Refusal, refusalsIn } from './refusals.ts';

/** As far back as one kind of trouble is looked for that another came of. */
const RECENT_DAYS = 7;

/** Those of the last days, and the last one of each question however old, by account, the oldest first. */
export function recentRefusals(round: Round): Promise<Map<string, Refusal[]>> {
  const { services, now } = round;
  return round.once('recent_refusals', async () => {
    const { db } = services.store;
    const span = { start: now.subtract({ hours: RECENT_DAYS * 24 }), end: now.add({ hours: 1 }) };
    const recent = await refusalsIn(db, null, span);
    const last = [...(await latestRefusals(db)).values()].flat();
    const older = last.filter(({ until }) => Temporal.Instant.compare(until, span.start) < 0);
    const all = [...older, ...recent].sort((one, other) =>
      Temporal.Instant.compare(one.from, other.from),
    );
    return Map.groupBy(all, ({ accountId }) => accountId);
  });
}
