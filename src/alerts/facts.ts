import { type Nano, toDecimal } from '../money.ts';
import type { Fact } from './finding.ts';

/** @param amount nano of the currency. */
export function moneyFact(amount: Nano, currency = 'USD'): Fact {
  return { as: 'money', value: toDecimal(amount), currency };
}

export function momentFact(at: Temporal.Instant): Fact {
  return { as: 'moment', value: at.toString() };
}
