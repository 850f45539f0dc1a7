import type { Incident } from '../../src/alerts/incident.ts';
import { minute } from './settling.ts';

/** An open one that people were told of when it was found. */
export function anIncident(changes: Partial<Incident> = {}): Incident {
  const id = changes.id ?? 'i1';
  return {
    ...{ id, ruleId: 'spend', accountId: 'a', kind: 'spend_above', ruleName: '', subject: '' },
    ...{ nature: 'state', cause: 'spend', severity: 'warning', state: 'open' },
    ...{ facts: {}, latestFacts: {}, openedAt: minute(0), seenAt: minute(0) },
    ...{ acknowledgedAt: null, acknowledgedBy: null, resolvedAt: null },
    ...{ toldAt: minute(0), toldWith: id },
    ...changes,
  };
}
