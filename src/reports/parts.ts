import { type Nano, sumNano } from '../money.ts';

/** What a part of a report's total used; `null` is not known, and never zero. */
export interface PartSums {
  cost: Nano;
  calls: number | null;
  failures: number | null;
}

/** Several parts as one: a count is `null` where one of them is. */
export function sumParts(parts: readonly PartSums[]): PartSums {
  const sum = (counts: (number | null)[]) =>
    counts.reduce((all, count) => (all === null || count === null ? null : all + count), 0);
  return {
    cost: sumNano(parts.map(({ cost }) => cost)),
    calls: sum(parts.map(({ calls }) => calls)),
    failures: sum(parts.map(({ failures }) => failures)),
  };
}
