/**
 * Exact decimals. fal states money (and billing units) as JSON numbers with up to nine decimals;
 * inside the product they are integers of 1e-9: nano-USD for money, nano-units for quantities.
 */

/** An amount of money in 1e-9 of its currency; nano-USD unless a `currency` beside it says otherwise. */
export type Nano = bigint;

export const NANO_PER_UNIT = 1_000_000_000n;

/**
 * Up to here the double nearest to a decimal, times 1e9, is less than half a nano off: each of the
 * two roundings is at most 2^-53 of the amount.
 */
const EXACT_LIMIT = 2 ** 50 / 1e9;

/**
 * A JSON number to integer nanos, rounded to the nearest nano: what a double with up to nine
 * decimals meant before it was a double.
 * @throws RangeError for NaN and infinities.
 */
export function toNano(amount: number): Nano {
  if (Math.abs(amount) <= EXACT_LIMIT) return BigInt(Math.round(amount * 1e9));
  if (!Number.isFinite(amount)) throw new RangeError(`not an amount: ${amount}`);
  // toFixed writes a double's exact value up to 1e21; beyond that there are no decimals to keep.
  if (Math.abs(amount) >= 1e21) return BigInt(amount) * NANO_PER_UNIT;
  const [whole = '0', fraction = ''] = amount.toFixed(9).split('.');
  return BigInt(whole + fraction);
}

/** Nanos to decimal digits without trailing zeros: `225000000n` is `"0.225"`. */
export function toDecimal(nano: Nano): string {
  const digits = (nano < 0n ? -nano : nano).toString().padStart(10, '0');
  const fraction = digits.slice(-9).replace(/0+$/, '');
  return `${nano < 0n ? '-' : ''}${digits.slice(0, -9)}${fraction && `.${fraction}`}`;
}

/** Nanos to the JSON number whose shortest decimal form is the exact amount: `0.225`, never `0.22499999`. */
export function toJsonNumber(nano: Nano): number {
  const whole = Number(nano);
  // Both are exact and IEEE division rounds correctly: the same double as from the decimal digits.
  return Number.isSafeInteger(whole) ? whole / 1e9 : Number(toDecimal(nano));
}

/** `nano / divisor` to the nearest nano, halves away from zero. @throws RangeError when divisor is 0. */
export function divideNano(nano: Nano, divisor: number | bigint): Nano {
  const by = BigInt(divisor);
  const half = (by < 0n ? -by : by) / 2n;
  return (nano < 0n ? nano - half : nano + half) / by;
}

export function sumNano(amounts: Iterable<Nano>): Nano {
  let sum = 0n;
  for (const amount of amounts) sum += amount;
  return sum;
}

/**
 * Rounds parts to multiples of `step` so that they still add up to the rounded total (largest
 * remainder): a table whose rows are rounded one by one can miss its own total by a cent.
 * Parts must not be negative. @returns the rounded parts, in their order.
 */
export function apportion(parts: readonly Nano[], step: Nano): Nano[] {
  return apportionTo(parts, step, roundTo(sumNano(parts), step));
}

/**
 * The same to a total that was itself rounded with others, up or down: a multiple of `step` that is
 * less than a step from the sum of the parts. @returns the rounded parts, in their order.
 */
export function apportionTo(parts: readonly Nano[], step: Nano, target: Nano): Nano[] {
  const rounded = parts.map((part) => (part / step) * step);
  let missing = (target - sumNano(rounded)) / step;
  const byRemainder = parts
    .map((part, index) => ({ index, remainder: part % step }))
    .sort((a, b) => (a.remainder === b.remainder ? 0 : a.remainder < b.remainder ? 1 : -1));
  for (const { index } of byRemainder) {
    if (missing <= 0n) break;
    rounded[index] = (rounded[index] ?? 0n) + step;
    missing -= 1n;
  }
  return rounded;
}

/** To the nearest multiple of `step`, halves up. `nano` must not be negative. */
export function roundTo(nano: Nano, step: Nano): Nano {
  return ((nano + step / 2n) / step) * step;
}

/**
 * How finely an amount is shown: cents from one dollar up, below that the decimals that keep three
 * significant digits, so that $0.225 and $0.000123 are both readable.
 * @returns the step in nanos.
 */
export function displayStep(nano: Nano): Nano {
  const cent = NANO_PER_UNIT / 100n;
  if (nano === 0n || nano >= NANO_PER_UNIT) return cent;
  let step = cent / 10n;
  while (step > 1n && nano < step * 100n) step /= 10n;
  return step;
}
