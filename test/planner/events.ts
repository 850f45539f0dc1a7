import { findAccount } from '../../src/accounts/accounts.ts';
import { planEvent } from '../../src/planner/change-events.ts';
import type { EventFields, PlannedEvent } from '../../src/planner/planned-event.ts';
import type { Services } from '../../src/services.ts';

const ONE = 1_000_000_000n;
const ACTOR = { kind: 'server', name: '', address: null } as const;

/** An evening of 300 guests with two outputs each, from six to two in Mexico City, unless said otherwise. */
export async function plannedEvent(
  services: Services,
  slug: string,
  fields: Partial<EventFields> = {},
): Promise<PlannedEvent> {
  const account = await findAccount(services.store.db, slug);
  return planEvent(services, ACTOR, account?.id ?? '', {
    name: 'Boda de Ana & Luis',
    venue: 'Hacienda Los Olivos',
    client: 'Familia Pérez',
    note: '',
    start: Temporal.Instant.from('2026-03-08T00:00Z'),
    end: Temporal.Instant.from('2026-03-08T08:00Z'),
    timezone: 'America/Mexico_City',
    participants: 300,
    outputsPerParticipant: 2n * ONE,
    allowancePercent: 5n * ONE,
    marginPercent: 10n * ONE,
    models: null,
    pricePerOutput: null,
    peakParticipants: null,
    concurrency: null,
    apiKeyIds: null,
    ...fields,
  });
}
