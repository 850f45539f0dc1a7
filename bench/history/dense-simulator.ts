import { DEMO_KEYS, demoAccounts } from '../../src/demo/accounts.ts';
import { billingRequests } from '../../src/demo/billing-request.ts';
import { startSimulator } from '../../src/demo/simulator.ts';
import { endWithParent, tellParent } from '../support/child.ts';

const MODELS = 40;
const KEYS = 3;
const HOUR_MS = 3_600_000;

/** fal with an account that calls every model with every key in every hour of some days. */
export interface DenseFal {
  url: string;
  key: string;
  endpointIds: string[];
  /** Hourly rows of usage there are. */
  rows: number;
}

endWithParent();
const [latencyMs = 0, days = 0] = process.argv.slice(2).map(Number);
const nowMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
const endpointIds = Array.from({ length: MODELS }, (_, index) => `fal-ai/model-${index}`);
const callers = Array.from({ length: KEYS }, (_, index) => ({
  detail: `Cabina ${index + 1}`,
  apiKeyId: `de300000-0000-4000-8000-0000000000c${index + 1}`,
}));
const requests = billingRequests(
  Array.from({ length: days * 24 }, (_, hour) =>
    endpointIds.flatMap((endpointId, model) =>
      callers.map((caller, key) => ({
        at: nowMs - (days * 24 - hour) * HOUR_MS + (model * KEYS + key) * 1_000,
        endpointId,
        caller,
        unitPrice: 0.005,
        quantity: 1 + ((hour + model + key) % 7),
      })),
    ),
  ).flat(),
);
const simulator = await startSimulator({
  now: () => Temporal.Instant.fromEpochMilliseconds(nowMs),
  latencyMs,
  pageSize: 50,
  accounts: demoAccounts().map((account) => ({
    ...account,
    traffic: account.traffic ? requests : false,
  })),
});
tellParent({
  url: simulator.url,
  key: DEMO_KEYS.admin,
  endpointIds,
  rows: requests.length,
} satisfies DenseFal);
