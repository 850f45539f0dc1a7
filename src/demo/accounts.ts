import type { BillingRequest, Caller } from './billing-request.ts';

export interface SimulatedKey {
  /** `id:secret` */
  key: string;
  alias: string;
  /** `ADMIN` and `READ_ONLY` may read usage, billing and keys; `API` may only run and price models. */
  scope: string;
  createdAt: string;
  /** A key that fal has made but does not know yet (fal-ai/fal#1068). */
  unbound?: boolean;
}

export interface Purchase {
  /** Epoch milliseconds, UTC. */
  atMs: number;
  /** USD. */
  amount: number;
  /** When what is left of it is lost, epoch milliseconds. Default: never. */
  expiresAtMs?: number;
}

export interface SimulatedAccount {
  username: string;
  /** USD; or the credits that were bought: the balance is what usage has left of them, at least 0. */
  balance: number | readonly Purchase[];
  /** A balance in USD is topped up each Monday 15:00 UTC and usage eats it from there. */
  toppedUpWeekly?: boolean;
  /** fal's reason when the account is locked. */
  lock?: string;
  /** Whether the simulator's traffic is this account's; or its own, see `billingRequests`. */
  traffic: boolean | readonly BillingRequest[];
  keys: SimulatedKey[];
}

export const EXHAUSTED_BALANCE =
  'Exhausted balance. Top up your balance at fal.ai/dashboard/billing.';

/**
 * Readable at a glance as made up: every id starts with `de300000`, every secret repeats it.
 * @param suffix two to four hexadecimal digits.
 */
export function madeUpKey(suffix: string): string {
  const id = `de300000-0000-4000-8000-${suffix.padStart(12, '0')}`;
  return `${id}:${'de30'.repeat(7)}${suffix.padStart(4, '0')}`;
}

export const DEMO_KEYS = {
  /** May read everything. */
  admin: madeUpKey('aa'),
  /** The same account, without admin rights. */
  api: madeUpKey('c1'),
  /** The same account, may read everything and run nothing. */
  readOnly: madeUpKey('bb'),
  /** What a documentation snippet says, word for word; an admin key of the same account. */
  placeholder: 'YOUR_FAL_KEY',
  /** Admin key of an account that fal has locked. */
  locked: madeUpKey('1c'),
  /** Admin key of an account that has never called anything. */
  empty: madeUpKey('e0'),
  /** Well formed, but bound to nobody yet. */
  unbound: madeUpKey('ff'),
} as const;

export type DemoKeys = typeof DEMO_KEYS;

const apiKey = (suffix: string, alias: string, createdAt: string): SimulatedKey => ({
  key: madeUpKey(suffix),
  alias,
  scope: 'API',
  createdAt,
});

const BOOTH_KEYS = [
  apiKey('c1', 'Cabina 1', '2025-02-03T16:20:00Z'),
  apiKey('c2', 'Cabina 2', '2025-02-03T16:22:00Z'),
  apiKey('c3', 'Tablet VIP', '2025-06-18T19:05:00Z'),
];

function keyOf(key: string, alias: string, scope: string): SimulatedKey {
  return { key, alias, scope, createdAt: '2025-01-15T12:00:00Z' };
}

export function demoAccounts(): SimulatedAccount[] {
  return [
    {
      username: 'futurelab-eventos',
      balance: 750,
      toppedUpWeekly: true,
      traffic: true,
      keys: [
        keyOf(DEMO_KEYS.admin, 'Panel', 'ADMIN'),
        keyOf(DEMO_KEYS.placeholder, 'Documentación', 'ADMIN'),
        keyOf(DEMO_KEYS.readOnly, 'Panel (solo lectura)', 'READ_ONLY'),
        ...BOOTH_KEYS,
      ],
    },
    {
      username: 'saldo-agotado',
      balance: 0,
      lock: EXHAUSTED_BALANCE,
      traffic: false,
      keys: [keyOf(DEMO_KEYS.locked, 'Panel', 'ADMIN')],
    },
    {
      username: 'cuenta-nueva',
      balance: 10,
      traffic: false,
      keys: [
        keyOf(DEMO_KEYS.empty, 'Panel', 'ADMIN'),
        { ...keyOf(DEMO_KEYS.unbound, 'Recién creada', 'ADMIN'), unbound: true },
      ],
    },
  ];
}

/** Who calls the models of the demo account, and how often. */
export const DEMO_CALLERS: readonly { share: number; caller: Caller }[] = [
  ...BOOTH_KEYS.map(({ key, alias }, index) => ({
    share: [42, 34, 12][index] ?? 1,
    caller: { detail: alias, apiKeyId: keyId(key) },
  })),
  // A key that was deleted since: `/keys` cannot name it.
  { share: 5, caller: { detail: 'Cabina 3', apiKeyId: keyId(madeUpKey('c9')) } },
  { share: 4, caller: { detail: 'ana', loginUsername: 'ana' } },
  { share: 3, caller: { detail: 'User token' } },
];

/** The part of a key that is not secret. */
export function keyId(key: string): string {
  return key.split(':', 1)[0] ?? key;
}
