import { z } from 'zod';
import { decimalField } from '../../http/decimal-field.ts';
import { NANO_PER_UNIT, type Nano, toDecimal } from '../../money.ts';
import type { Fact } from '../finding.ts';

/** Dollars as a rule keeps them: a decimal text. @param least nano-USD. @param max USD. */
export function amountParam({ least, max }: { least: Nano; max: number }) {
  return decimalField({ min: 0, max })
    .refine((amount) => amount >= least, 'out_of_range')
    .transform(toDecimal);
}

/** A number as JSON or a form has it. */
export function numberParam({ min, max }: { min: number; max: number }) {
  return z.coerce
    .number('not_a_number')
    .int('not_whole')
    .min(min, 'out_of_range')
    .max(max, 'out_of_range');
}

/** What `amountParam` made. */
export function amountOf(text: string): Nano {
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole) * NANO_PER_UNIT + BigInt(fraction.padEnd(9, '0'));
}

export function moneyFact(amount: Nano, currency = 'USD'): Fact {
  return { as: 'money', value: toDecimal(amount), currency };
}

export function momentFact(at: Temporal.Instant): Fact {
  return { as: 'moment', value: at.toString() };
}
