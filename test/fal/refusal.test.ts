import { expect, test } from 'vitest';
import { FalError, type FalErrorFacts } from '../../src/fal/errors.ts';
import { explainRefusal } from '../../src/fal/refusal.ts';
import { type Answer, falServer, json } from '../support/fal-server.ts';

const priced: Answer = (res) => json(res, { prices: [] });
const refused =
  (status: number, detail = 'Authentication required'): Answer =>
  (res) =>
    json(res, { detail }, status);
const UNBOUND = 'No user found for Key ID and Secret';

async function explain(status: 401 | 403, atPricing: Answer, facts: FalErrorFacts = {}) {
  const { fal, question, asked } = await falServer(atPricing);
  const code = status === 401 ? 'unauthorized' : 'forbidden';
  const refusal = new FalError(code, '/models/usage: refused', { status, ...facts });
  const explained = await explainRefusal(fal, question(), refusal);
  return { explained, questions: asked.length };
}

test.each([
  ['a scope that is missing when prices are told', priced, 'admin_scope_required', false],
  [
    'a scope that is missing when prices are forbidden',
    refused(403),
    'admin_scope_required',
    false,
  ],
  ['an unknown key when prices are refused too', refused(401), 'invalid_api_key', false],
  [
    'a key without an owner when only prices say so',
    refused(401, UNBOUND),
    'invalid_api_key',
    true,
  ],
] as const)('a 401 is %s', async (_, atPricing, code, unbound) => {
  const { explained } = await explain(401, atPricing);
  expect(explained).toMatchObject({
    code,
    unbound,
    status: 401,
    message: '/models/usage: refused',
  });
});

test('a 403 is a missing scope, and a key without an owner is that: nothing is asked', async () => {
  expect(await explain(403, refused(401))).toMatchObject({
    explained: { code: 'admin_scope_required' },
    questions: 0,
  });
  expect(await explain(401, priced, { unbound: true })).toMatchObject({
    explained: { code: 'invalid_api_key', unbound: true },
    questions: 0,
  });
});
