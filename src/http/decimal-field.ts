import { z } from 'zod';
import { NANO_PER_UNIT, type Nano } from '../money.ts';

const DECIMAL = /^(-?)(\d{1,12})?(?:[.,](\d{1,9}))?$/;

/** A thousand to some, one to others. */
const THOUSANDS = /^-?[1-9]\d{0,2},\d{3}$/;

/**
 * A decimal as JSON or a form has it, with a point or a comma and up to nine decimals, as an integer
 * of 1e-9. Faults: `not_a_number`; `ambiguous_comma` for `1,500`; `out_of_range` beyond the bounds,
 * which are part of the range.
 */
export function decimalField({ min, max }: { min: number; max: number }) {
  return z
    .union([z.number().meta({ minimum: min, maximum: max }), z.string()], 'not_a_number')
    .transform((written, context): Nano => {
      const text = String(written).trim();
      const nano = parseDecimal(text);
      if (nano === null) context.addIssue('not_a_number');
      else if (THOUSANDS.test(text)) context.addIssue('ambiguous_comma');
      else if (nano < BigInt(min) * NANO_PER_UNIT || nano > BigInt(max) * NANO_PER_UNIT) {
        context.addIssue('out_of_range');
      }
      return nano ?? 0n;
    });
}

/** `12.5` and `12,5` in 1e-9; `null` for what is no plain decimal. */
export function parseDecimal(text: string): Nano | null {
  // JSON numbers below a millionth have an exponent.
  const plain = /^-?\d(?:\.\d+)?e-\d+$/.test(text) ? Number(text).toFixed(9) : text;
  const [, sign, whole, fraction] = DECIMAL.exec(plain) ?? [];
  if (whole === undefined && fraction === undefined) return null;
  const nano = BigInt(whole ?? 0) * NANO_PER_UNIT + BigInt((fraction ?? '').padEnd(9, '0'));
  return sign ? -nano : nano;
}
